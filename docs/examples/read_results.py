#!/usr/bin/env python3
"""Reads topics of a lane with what any program has: a Kafka client, Avro, and HTTP.

    read_results.py --bootstrap-servers kafka:9092 --registry http://registry:8080/apis/ccompat/v7 screening.well-predictions

prints each record that is there now as a line of JSON: topic, key, value. The value of a tombstone is null: what was said under this key
is taken back. --newest prints what holds now: the last record of each key, without those that were taken back.

A value begins with 0x00 and the id of its schema, four bytes, big-endian; the registry knows the schema (Confluent's wire format). Or it
begins with 0xC3 0x01 and the fingerprint of its schema, eight bytes, little-endian, where a lane has no registry and in what 'dcmix
publish' writes (Avro's single-object encoding); --schemas names a document that knows it, such as docs/api/asyncapi.json or what a
processor serves as /api/asyncapi.json.

Debian: apt-get install python3-confluent-kafka python3-avro. Elsewhere: pip install confluent-kafka avro.
"""

import argparse
import base64
import datetime
import io
import json
import sys
import urllib.request

import avro.io
import avro.schema
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition


class Schemas:
    """Schemas by what a value begins with."""

    def __init__(self, registry, document):
        self.registry = registry
        self.readers = {}
        if document:
            for message in json.loads(fetch(document))["components"]["messages"].values():
                if "payload" in message:
                    schema = avro.schema.parse(json.dumps(message["payload"]["schema"]))
                    self.readers[bytes.fromhex(message["x-single-object-header"])] = avro.io.DatumReader(schema)

    def decode(self, value):
        if value[:1] == b"\x00":
            head, body = value[:5], value[5:]
            if head not in self.readers:
                if not self.registry:
                    sys.exit("The values are in Confluent's wire format: name the registry with --registry")
                answer = json.loads(fetch("%s/schemas/ids/%d" % (self.registry, int.from_bytes(head[1:], "big"))))
                self.readers[head] = avro.io.DatumReader(avro.schema.parse(answer["schema"]))
        elif value[:2] == b"\xc3\x01":
            head, body = value[:10], value[10:]
            if head not in self.readers:
                sys.exit("A value has a schema that --schemas does not have (none named?): it begins with %s" % head.hex())
        else:
            sys.exit("A value is in neither of the two formats: it begins with %s" % value[:2].hex())
        return self.readers[head].read(avro.io.BinaryDecoder(io.BytesIO(body)))


def fetch(place):
    if place.startswith("http"):
        with urllib.request.urlopen(place, timeout=10) as answer:
            return answer.read()
    with open(place, "rb") as file:
        return file.read()


def records(settings, topics):
    """What lies in the topics now, each partition in its order. Of open transactions and of aborted ones nothing."""
    consumer = Consumer({
        "group.id": "read-results",  # asked for, and not used: nothing is subscribed and nothing committed
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "isolation.level": "read_committed",
        **settings,
    })
    try:
        partitions = []
        for topic in topics:
            found = consumer.list_topics(topic, 10).topics[topic]
            if found.error:
                sys.exit("%s: %s" % (topic, found.error.str()))
            partitions += [TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in found.partitions]
        consumer.assign(partitions)
        left = len(partitions)
        while left:
            record = consumer.poll(30)
            if record is None:
                sys.exit("The brokers did not answer for 30 seconds")
            if not record.error():
                yield record
            elif record.error().code() == KafkaError._PARTITION_EOF:
                left -= 1
            else:
                sys.exit(record.error().str())
    finally:
        consumer.close()


def text(value):
    """What JSON has no word for."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return base64.b64encode(value).decode()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("topics", nargs="+", metavar="TOPIC")
    parser.add_argument("--bootstrap-servers", required=True, metavar="HOST:PORT")
    parser.add_argument("--registry", metavar="URL", help="a registry's address for Confluent's clients; Apicurio: /apis/ccompat/v7")
    parser.add_argument("--schemas", metavar="FILE|URL", help="an AsyncAPI document with the schemas, for values without an id")
    parser.add_argument("--newest", action="store_true", help="the last record of each key, without those that were taken back")
    parser.add_argument("--kafka", action="append", default=[], metavar="KEY=VALUE", help="a setting of librdkafka, such as security.protocol=SSL")
    options = parser.parse_args()

    settings = {"bootstrap.servers": options.bootstrap_servers, **dict(setting.split("=", 1) for setting in options.kafka)}
    schemas = Schemas(options.registry, options.schemas)
    newest = {}
    for record in records(settings, options.topics):
        key = record.key().decode()
        value = None if record.value() is None else schemas.decode(record.value())
        line = json.dumps({"topic": record.topic(), "key": key, "value": value}, default=text)
        if not options.newest:
            print(line)
        elif value is None:
            newest.pop((record.topic(), key), None)
        else:
            newest[record.topic(), key] = line
    for line in newest.values():
        print(line)


if __name__ == "__main__":
    main()
