package io.pulsegate.server.logs;

import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/// Provides the loggers of the whole program; found by ServiceLoader.
///
/// Whether standard error is a terminal is told by the start script in the system property
/// `pulsegate.terminal.stderr`: Java cannot see it.
public final class Logs extends System.LoggerFinder {
  private static final LogOutput STANDARD =
      LogOutput.standard(System.getenv(), Boolean.getBoolean("pulsegate.terminal.stderr"));

  /// Kafka's client, which warns every second while a broker is away; that the sink reports. Held
  /// here, as nobody else holds loggers.
  private static final java.util.logging.Logger KAFKA =
      java.util.logging.Logger.getLogger("org.apache.kafka");

  @Override
  public System.Logger getLogger(String name, Module module) {
    return new LineLogger(name, STANDARD);
  }

  /// Sends what libraries log through java.util.logging to the same place. Called once, by main.
  public static void takeOverJavaUtilLogging() {
    LogManager.getLogManager().reset();
    var root = java.util.logging.Logger.getLogger("");
    root.setLevel(java.util.logging.Level.WARNING);
    root.addHandler(new Bridge(STANDARD));
    KAFKA.setLevel(java.util.logging.Level.SEVERE);
  }

  /// A handler that passes records on.
  static final class Bridge extends Handler {
    private static final @Nullable Object[] NONE = {};

    private final LogOutput output;

    Bridge(LogOutput output) {
      this.output = output;
    }

    @Override
    public void publish(LogRecord line) {
      String logger = line.getLoggerName() == null ? "java.util.logging" : line.getLoggerName();
      System.Logger.Level level = level(line.getLevel().intValue());
      if (output.isLoggable(logger, level)) {
        @Nullable Object[] parameters = line.getParameters() == null ? NONE : line.getParameters();
        output.write(
            level,
            logger,
            line.getMessage() == null ? "" : line.getMessage(),
            parameters,
            Optional.ofNullable(line.getThrown()));
      }
    }

    private static System.Logger.Level level(int value) {
      for (System.Logger.Level level : System.Logger.Level.values()) {
        if (level != System.Logger.Level.ALL && value <= level.getSeverity()) {
          return level == System.Logger.Level.OFF ? System.Logger.Level.ERROR : level;
        }
      }
      return System.Logger.Level.ERROR;
    }

    @Override
    public void flush() {
      // Every line is flushed as it is written.
    }

    @Override
    public void close() {
      // Standard error stays open.
    }
  }
}
