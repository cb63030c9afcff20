package io.dcmix.app.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Values that stand elsewhere: {@code ${file:PATH}} is what a file holds, {@code ${file:PATH:KEY}} an entry of a properties file,
 * {@code ${env:NAME}} an environment variable, each anywhere in a value; as Kafka's config providers write them, whose other
 * references are left to Kafka. As a converter it reads the settings of Kafka's clients. Messages name the reference, never what is
 * behind it; and what this process has seen of secrets is hidden in the messages of others, such as Kafka's on a value that it refuses.
 */
public final class Secrets implements ITypeConverter<String> {
  /** What is shown of a secret. */
  static final String HIDDEN = "****";

  private static final int MAX_BYTES = 64 << 10;
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(file|env):([^}]*)\\}");
  private static final Pattern SECRET_KEY = Pattern.compile("password|passphrase|secret|jaas|user\\.info|certificate|(\\.|^)key$");

  /** In a JAAS line, the values that are secret themselves. */
  private static final Pattern IN_JAAS = Pattern.compile("(?i)\\w*(?:password|secret)\\w*\\s*=\\s*\"?([^\";\\s]+)");

  /** What is shorter is no secret, and would hide half of every message. */
  private static final int SHORTEST = 4;

  private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

  @Override
  public String convert(String text) {
    return resolve(text);
  }

  /** Whether a value refers to something elsewhere. */
  static boolean isReference(String text) {
    return REFERENCE.matcher(text).find();
  }

  /** Whether the value of a client's setting is to be hidden, by its name or because it stands elsewhere. */
  static boolean isSecret(String key, String text) {
    return isReference(text) || text.contains("${") || SECRET_KEY.matcher(key.toLowerCase(Locale.ROOT)).find();
  }

  /** Hides from now on the values of those of a client's settings that are secret by their names. */
  public static void remember(Map<String, String> settings) {
    settings.forEach((key, value) -> {
      if (SECRET_KEY.matcher(key.toLowerCase(Locale.ROOT)).find() && !value.contains("${")) {
        remember(value);
        IN_JAAS.matcher(value).results().forEach(found -> remember(found.group(1)));
      }
    });
  }

  /** Hides these values from now on, and the last word of each: of "Bearer …" it is the secret. */
  public static void rememberAll(Collection<String> secrets) {
    for (String secret : secrets) {
      remember(secret);
      remember(secret.substring(secret.lastIndexOf(' ') + 1));
    }
  }

  /** The whole, and each line of it: messages may quote a part. */
  private static void remember(String secret) {
    Stream.concat(Stream.of(secret), secret.lines()).map(String::strip)
        .filter(part -> part.length() >= SHORTEST && !part.startsWith("-----")).forEach(SEEN::add);
  }

  /** A text without the secrets that this process has seen. */
  public static String hide(String text) {
    String hidden = text;
    for (String secret : SEEN.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList()) {
      hidden = hidden.replace(secret, HIDDEN);
    }
    return hidden;
  }

  /**
   * The value with what its references stand for; what that holds is taken as it is.
   *
   * @throws TypeConversionException if there is no such file, entry or variable; names it
   */
  static String resolve(String text) {
    Matcher m = REFERENCE.matcher(text);
    StringBuilder resolved = new StringBuilder();
    while (m.find()) {
      String value = m.group(1).equals("env") ? variable(m.group(2)) : file(m.group(2));
      remember(value);
      m.appendReplacement(resolved, Matcher.quoteReplacement(value));
    }
    return m.appendTail(resolved).toString();
  }

  private static String variable(String name) {
    String value = System.getenv(name);
    if (value == null) {
      throw new TypeConversionException("${env:%s}: there is no such environment variable".formatted(name));
    }
    return value;
  }

  private static String file(String name) {
    int colon = name.lastIndexOf(':');
    if (colon < 1 || Files.exists(Path.of(name))) {
      return read(name, name).replaceFirst("\\R+$", "");
    }
    Properties entries = new Properties();
    try {
      entries.load(new StringReader(read(name, name.substring(0, colon))));
    } catch (IOException | IllegalArgumentException e) {
      throw new TypeConversionException("${file:%s}: no file of properties".formatted(name));
    }
    String value = entries.getProperty(name.substring(colon + 1));
    if (value == null) {
      throw new TypeConversionException("${file:%s}: the file has no such entry".formatted(name));
    }
    return value;
  }

  private static String read(String reference, String file) {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new TypeConversionException("${file:%s}: more than %,d bytes are no secret".formatted(reference, MAX_BYTES));
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new TypeConversionException("${file:%s}: there is no such file".formatted(reference));
    } catch (IOException | InvalidPathException e) {
      throw new TypeConversionException("${file:%s}: cannot be read (%s)".formatted(reference, e.getClass().getSimpleName()));
    }
  }
}
