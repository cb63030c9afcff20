package io.dcmix.training.report.page;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Reads pages back, as XML and with nothing external allowed. */
public final class Pages {
  private Pages() {}

  /** The page that a report becomes; fails if it is not well-formed. */
  static Document parsed(Report report) {
    return parsed(HtmlPage.render(report));
  }

  /** The same of a page that was written. */
  public static Document parsed(String html) {
    String doctype = "<!DOCTYPE html>\n";
    if (!html.startsWith(doctype)) {
      throw new AssertionError("no doctype");
    }
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      return factory.newDocumentBuilder().parse(new InputSource(new StringReader(html.substring(doctype.length()))));
    } catch (ParserConfigurationException | SAXException | IOException e) {
      throw new AssertionError("not well-formed: " + e.getMessage() + "\n" + html, e);
    }
  }

  /** A report of one section with these blocks. */
  static Report of(Block... blocks) {
    return of(List.of(), blocks);
  }

  static Report of(List<String> channels, Block... blocks) {
    return new Report("t", "", channels, List.of(), List.of(new Section("s", "", List.of(blocks))), Map.of());
  }

  static List<Element> elements(Document page, String tag) {
    NodeList found = page.getElementsByTagName(tag);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  /** All attribute values of the page's drawings. */
  static List<String> coordinates(Document page) {
    return elements(page, "svg").stream()
        .flatMap(svg -> {
          NodeList inside = svg.getElementsByTagName("*");
          return IntStream.range(0, inside.getLength()).mapToObj(i -> inside.item(i).getAttributes());
        })
        .flatMap(a -> IntStream.range(0, a.getLength()).mapToObj(i -> a.item(i).getNodeValue()))
        .toList();
  }
}
