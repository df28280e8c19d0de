package io.pulsegate.server.logs;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where lines go: one write per line, so that lines of several threads never mix.
final class LogOutput {
  private static final String OURS = "io.pulsegate";

  private final OutputStream out;
  private final LineFormat format;
  private final System.Logger.Level threshold;
  private final InstantSource clock;

  LogOutput(
      OutputStream out, LineFormat format, System.Logger.Level threshold, InstantSource clock) {
    this.out = out;
    this.format = format;
    this.threshold = threshold;
    this.clock = clock;
  }

  /// Standard error, as the environment asks: `PULSEGATE_LOG` is `json` or `text` (default: text on
  /// a terminal, JSON elsewhere), `PULSEGATE_LOG_LEVEL` is a level (default: info, or debug where
  /// `DEBUG` is `true`).
  static LogOutput standard(Map<String, String> environment, boolean terminal) {
    LineFormat format =
        switch (environment.getOrDefault("PULSEGATE_LOG", "").toLowerCase(Locale.ROOT)) {
          case "json" -> LineFormat.JSON;
          case "text" -> LineFormat.TEXT;
          default -> terminal ? LineFormat.TEXT : LineFormat.JSON;
        };
    return new LogOutput(
        new FileOutputStream(FileDescriptor.err),
        format,
        level(environment.getOrDefault("PULSEGATE_LOG_LEVEL", standardLevel(environment))),
        InstantSource.system());
  }

  private static String standardLevel(Map<String, String> environment) {
    return environment.getOrDefault("DEBUG", "").equalsIgnoreCase("true") ? "debug" : "info";
  }

  private static System.Logger.Level level(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "all" -> System.Logger.Level.ALL;
      case "trace" -> System.Logger.Level.TRACE;
      case "debug" -> System.Logger.Level.DEBUG;
      case "warn", "warning" -> System.Logger.Level.WARNING;
      case "error" -> System.Logger.Level.ERROR;
      case "off" -> System.Logger.Level.OFF;
      default -> System.Logger.Level.INFO;
    };
  }

  /// Whether a record would be written. Libraries are heard from WARNING up only.
  boolean isLoggable(String logger, System.Logger.Level level) {
    System.Logger.Level lowest =
        logger.startsWith(OURS) || threshold.compareTo(System.Logger.Level.WARNING) > 0
            ? threshold
            : System.Logger.Level.WARNING;
    return level != System.Logger.Level.OFF && level.compareTo(lowest) >= 0;
  }

  void write(
      System.Logger.Level level,
      String logger,
      String text,
      @Nullable Object[] parameters,
      Optional<Throwable> thrown) {
    var line = LogLine.of(clock.instant(), level, logger, text, parameters, thrown);
    byte[] bytes = (format.render(line) + "\n").getBytes(StandardCharsets.UTF_8);
    synchronized (this) {
      try {
        out.write(bytes);
        out.flush();
      } catch (IOException nobodyReads) {
        // There is no other place to say it; the server goes on without its log.
      }
    }
  }
}
