package io.dcmix.app.log;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.dcmix.app.config.Secrets;
import java.nio.charset.StandardCharsets;

/** Log lines for people, without the secrets that this process has seen. */
public final class TextLines extends PatternLayoutEncoder {
  private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level %msg  [%logger{0}]%n%ex{short}";

  @Override
  public void start() {
    setPattern(PATTERN);
    super.start();
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return Secrets.hide(getLayout().doLayout(event)).getBytes(StandardCharsets.UTF_8);
  }
}
