package io.pulsegate.server.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogsTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-01-02T03:04:05.678Z"));

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private LogOutput output(LineFormat format, System.Logger.Level threshold) {
    return new LogOutput(bytes, format, threshold, CLOCK);
  }

  private System.Logger logger(LineFormat format) {
    return new LineLogger("io.pulsegate.core.Head", output(format, System.Logger.Level.INFO));
  }

  private String written() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void writesAPhraseAndItsFieldsAsJson() {
    logger(LineFormat.JSON)
        .log(
            System.Logger.Level.WARNING,
            "sink paused sink={0} lag={1} trace_id={2}",
            "main",
            1234567L,
            "4bf92f35");
    assertThat(written())
        .isEqualTo(
            "{\"ts\":\"2026-01-02T03:04:05.678Z\",\"level\":\"warning\",\"logger\":\"io.pulsegate.core.Head\",\"msg\":\"sink paused\",\"sink\":\"main\",\"lag\":1234567,\"trace_id\":\"4bf92f35\"}\n");
  }

  @Test
  void writesTextForAPerson() {
    logger(LineFormat.TEXT)
        .log(System.Logger.Level.INFO, "sink paused: sink={0}, reason={1}", "main", "not there");
    assertThat(written())
        .matches("\\d\\d:04:05.678 INFO  sink paused  sink=main  reason=\"not there\"\n");
  }

  @Test
  void putsValuesWithoutANameIntoThePhrase() {
    logger(LineFormat.TEXT).log(System.Logger.Level.INFO, "took {0} of {1} and {7}", 3, 1000000);
    assertThat(written()).endsWith("took 3 of 1000000 and {7}\n");
  }

  @Test
  void keepsEveryRecordOnOneLineWithoutControlCharacters() {
    String forged = "a\r\n{\"level\":\"error\"}\u001b[2J\u009b\u2028b";
    for (LineFormat format : LineFormat.values()) {
      bytes.reset();
      logger(format).log(System.Logger.Level.INFO, "seen name={0}", forged);
      assertThat(written().strip())
          .doesNotContain("\r", "\n", "\u001b", "\u009b", "\u2028")
          .contains("\\u001b");
    }
  }

  @Test
  void writesAnExceptionAsOneField() {
    logger(LineFormat.JSON)
        .log(System.Logger.Level.ERROR, "broke", new IllegalStateException("why\nnot"));
    assertThat(written().strip())
        .contains("\"exception\":\"java.lang.IllegalStateException: why\\nnot\\n\\tat ")
        .doesNotContain("\n");
  }

  @Test
  void writesFieldsAndAnException() {
    var why = new IllegalStateException("why");
    logger(LineFormat.JSON).log(System.Logger.Level.ERROR, "broke part={0}", "x", why);
    assertThat(written())
        .contains("\"msg\":\"broke\",\"part\":\"x\",\"exception\":\"java.lang.Ill")
        .contains("\\tat ");
    bytes.reset();
    logger(LineFormat.JSON).log(System.Logger.Level.ERROR, "broke part={0} why={1}", "x", why);
    assertThat(written())
        .contains("\"why\":\"java.lang.IllegalStateException: why\"")
        .doesNotContain("exception\":");
  }

  @Test
  void fieldsCannotReplaceWhatTheLineItselfSays() {
    logger(LineFormat.JSON).log(System.Logger.Level.INFO, "odd level={0}", "x");
    assertThat(written()).contains("\"level\":\"info\"").contains("\"field_level\":\"x\"");
  }

  @Test
  void hearsLibrariesFromWarningUpOnly() {
    var output = output(LineFormat.TEXT, System.Logger.Level.DEBUG);
    assertThat(output.isLoggable("io.pulsegate.log", System.Logger.Level.DEBUG)).isTrue();
    assertThat(output.isLoggable("io.netty.util", System.Logger.Level.INFO)).isFalse();
    assertThat(output.isLoggable("io.netty.util", System.Logger.Level.WARNING)).isTrue();
    var quiet = output(LineFormat.TEXT, System.Logger.Level.ERROR);
    assertThat(quiet.isLoggable("io.netty.util", System.Logger.Level.WARNING)).isFalse();
  }

  @Test
  void takesOverJavaUtilLogging() {
    var bridge = new Logs.Bridge(output(LineFormat.JSON, System.Logger.Level.INFO));
    var line = new LogRecord(java.util.logging.Level.SEVERE, "leak in {0}");
    line.setLoggerName("io.netty.util");
    line.setParameters(new Object[] {"pool"});
    bridge.publish(line);
    bridge.publish(new LogRecord(java.util.logging.Level.INFO, "chatter"));
    assertThat(written())
        .contains("\"level\":\"error\",\"logger\":\"io.netty.util\",\"msg\":\"leak in pool\"")
        .doesNotContain("chatter");
  }

  @Test
  void isFoundByTheServiceLoader() {
    assertThat(System.getLogger("io.pulsegate.any").getClass().getName())
        .isNotEqualTo("sun.util.logging.internal.LoggingProviderImpl$JULWrapper");
    assertThat(System.LoggerFinder.getLoggerFinder()).isInstanceOf(Logs.class);
  }

  @Test
  void choosesTheFormatByEnvironmentBeforeTheTerminal() {
    assertThat(
            LogOutput.standard(Map.of("PULSEGATE_LOG_LEVEL", "error"), false)
                .isLoggable("io.pulsegate", System.Logger.Level.WARNING))
        .isFalse();
  }
}
