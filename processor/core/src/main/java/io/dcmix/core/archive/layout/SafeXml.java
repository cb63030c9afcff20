package io.dcmix.core.archive.layout;

import io.dcmix.core.archive.ArchiveException;
import io.dcmix.core.archive.Shown;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.stream.Location;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the XML of an index as a stream: names without namespaces, no document types, no entities but the five of XML itself,
 * nothing fetched from anywhere, and limits on all that grows. What was visited before an error stays visited, so that a layout
 * may keep it. What follows the end of the root is not read, since some microscopes write a {@code >} too many there.
 */
final class SafeXml {
  /** A million images of some forty elements each. */
  private static final long MAX_ELEMENTS = 40_000_000;

  private static final long MAX_BYTES = 4L << 30;
  private static final int MAX_DEPTH = 32;
  private static final int MAX_ATTRIBUTES = 100;
  private static final int MAX_TEXT = 16_384;
  private static final String MESSAGE = "Message: ";

  /** Sees the elements as they come. Paths are local names from the root down: {@code OME/Image/Pixels}. */
  interface Visitor {
    /**
     * An element begins.
     *
     * @param attributes by local name
     * @param line 1-based, for messages
     */
    default void start(String path, Map<String, String> attributes, int line) throws IOException {}

    /**
     * An element ends.
     *
     * @param text what stands directly in it, stripped; cut after 16,384 characters, which no name or number has
     */
    default void end(String path, String text, int line) throws IOException {}
  }

  /** The first element of a document. */
  record Root(String name, String namespace) {}

  private SafeXml() {}

  /**
   * Reads a whole file.
   *
   * @param place what the file is called in messages
   * @throws ArchiveException naming line and column if it is no such XML, or ends early
   */
  static void read(Path file, String place, Visitor visitor) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      read(in, place, visitor);
    }
  }

  /** Reads a document from a stream, which stays open. */
  static void read(InputStream in, String place, Visitor visitor) throws IOException {
    new Run(in, place).visit(visitor);
  }

  /** The root, read from the beginning of a file; empty if that is no such XML. */
  static Optional<Root> root(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return Optional.of(new Run(in, file.toString()).root());
    } catch (ArchiveException e) {
      return Optional.empty();
    }
  }

  private static final class Run {
    private final String place;
    private final Limited in;
    private final XMLStreamReader xml;
    private final List<StringBuilder> texts = new ArrayList<>();
    private final List<String> paths = new ArrayList<>();
    private long elements;

    Run(InputStream in, String place) throws IOException {
      this.place = place;
      this.in = new Limited(in, place);
      XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
      factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
      factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
      factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
      factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
      try {
        xml = factory.createXMLStreamReader(this.in);
      } catch (XMLStreamException e) {
        throw broken(e);
      }
    }

    Root root() throws IOException {
      while (next() != XMLStreamConstants.START_ELEMENT) {
        if (xml.getEventType() == XMLStreamConstants.END_DOCUMENT) {
          throw new ArchiveException(place, "has no element");
        }
      }
      String namespace = xml.getNamespaceURI();
      return new Root(xml.getLocalName(), namespace == null ? "" : namespace);
    }

    void visit(Visitor visitor) throws IOException {
      root();
      start(visitor);
      while (!paths.isEmpty()) {
        switch (next()) {
          case XMLStreamConstants.START_ELEMENT -> start(visitor);
          case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
            StringBuilder text = texts.get(paths.size() - 1);
            text.append(xml.getTextCharacters(), xml.getTextStart(), Math.min(xml.getTextLength(), MAX_TEXT - text.length()));
          }
          case XMLStreamConstants.END_ELEMENT -> {
            String path = paths.removeLast();
            visitor.end(path, texts.get(paths.size()).toString().strip(), xml.getLocation().getLineNumber());
          }
          default -> {
            // Comments and processing instructions say nothing of planes.
          }
        }
      }
    }

    private void start(Visitor visitor) throws IOException {
      int depth = paths.size();
      if (depth == MAX_DEPTH) {
        throw wrong("has elements more than %d deep".formatted(MAX_DEPTH));
      }
      if (++elements > MAX_ELEMENTS) {
        throw wrong("has more than %d elements".formatted(MAX_ELEMENTS));
      }
      if (xml.getAttributeCount() > MAX_ATTRIBUTES) {
        throw wrong("has an element of more than %d attributes".formatted(MAX_ATTRIBUTES));
      }
      if (texts.size() == depth) {
        texts.add(new StringBuilder());
      }
      texts.get(depth).setLength(0);
      String path = depth == 0 ? xml.getLocalName() : paths.getLast() + '/' + xml.getLocalName();
      paths.add(path);
      visitor.start(path, attributes(), xml.getLocation().getLineNumber());
    }

    private Map<String, String> attributes() {
      if (xml.getAttributeCount() == 0) {
        return Map.of();
      }
      Map<String, String> attributes = new LinkedHashMap<>();
      for (int i = 0; i < xml.getAttributeCount(); i++) {
        attributes.put(xml.getAttributeLocalName(i), xml.getAttributeValue(i));
      }
      return attributes;
    }

    /** The next event; a document type and any entity of its own are refused. */
    private int next() throws IOException {
      try {
        int event = xml.next();
        if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
          throw wrong("has a document type or an entity of its own, which are not read");
        }
        return event;
      } catch (XMLStreamException e) {
        throw broken(e);
      } catch (RuntimeException e) {
        // The JDK's reader meets some broken documents with an index out of bounds or an element that is not there.
        throw wrong("is not XML that can be read (" + e + ")");
      }
    }

    private ArchiveException wrong(String problem) {
      return new ArchiveException(place, at(xml.getLocation()) + problem);
    }

    /** A failing disk stays what it is; all else is the document's. */
    private IOException broken(XMLStreamException e) {
      if (in.failure != null) {
        return in.failure;
      }
      String message = String.valueOf(e.getMessage());
      int from = message.indexOf(MESSAGE);
      return new ArchiveException(place, "%sis not XML that can be read (%s); is it whole?".formatted(
          at(e.getLocation()), Shown.of(from < 0 ? message : message.substring(from + MESSAGE.length()))));
    }

    private static String at(@Nullable Location location) {
      return location == null || location.getLineNumber() < 1
          ? "" : "line %d, column %d: ".formatted(location.getLineNumber(), location.getColumnNumber());
    }
  }

  /** Ends with an error after the limit, and remembers what kept it from reading. */
  private static final class Limited extends FilterInputStream {
    private final String place;
    private long left = MAX_BYTES;
    private @Nullable IOException failure;

    Limited(InputStream in, String place) {
      super(in);
      this.place = place;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        int count = super.read(bytes, offset, length);
        left -= Math.max(count, 0);
        if (left < 0) {
          throw new ArchiveException(place, "has more than %d GiB".formatted(MAX_BYTES >> 30));
        }
        return count;
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }
}
