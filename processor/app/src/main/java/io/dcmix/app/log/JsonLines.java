package io.dcmix.app.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.dcmix.app.config.Secrets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object a line: {@code time} (ISO 8601, UTC), {@code level}, {@code logger}, {@code thread}, {@code message}, {@code exception}
 * with its stack trace where there is one, and beside them the line's own fields, such as lane, plate and well. Logback's own encoder
 * nests those in a list, where collectors do not find them. Secrets that this process has seen are hidden.
 */
public final class JsonLines extends EncoderBase<ILoggingEvent> {
  private static final JsonFactory JSON = new JsonFactory();
  private static final byte[] NOTHING = {};

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      for (Map.Entry<String, Object> field : fields(event).entrySet()) {
        json.writeFieldName(field.getKey());
        switch (field.getValue()) {
          case Integer number -> json.writeNumber(number);
          case Long number -> json.writeNumber(number);
          case Object text -> json.writeString(Secrets.hide(text.toString()));
        }
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail so
    }
    line.writeBytes("\n".getBytes(StandardCharsets.UTF_8));
    return line.toByteArray();
  }

  /** A field of the line goes before one of its thread, and neither takes the place of what every line has. */
  private static Map<String, Object> fields(ILoggingEvent event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("time", event.getInstant());
    fields.put("level", event.getLevel());
    fields.put("logger", event.getLoggerName());
    fields.put("thread", event.getThreadName());
    fields.put("message", String.valueOf(event.getFormattedMessage()));
    if (event.getThrowableProxy() != null) {
      fields.put("exception", ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
    @Nullable List<KeyValuePair> own = event.getKeyValuePairs();
    for (KeyValuePair pair : own == null ? List.<KeyValuePair>of() : own) {
      if (pair.value != null) {
        fields.putIfAbsent(pair.key, pair.value);
      }
    }
    event.getMDCPropertyMap().forEach(fields::putIfAbsent);
    return fields;
  }
}
