package io.pulsegate.server.logs;

import java.util.MissingResourceException;
import java.util.Optional;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/// A `System.Logger` that writes to a [LogOutput].
final class LineLogger implements System.Logger {
  private static final @Nullable Object[] NONE = {};

  private final String name;
  private final LogOutput output;

  LineLogger(String name, LogOutput output) {
    this.name = name;
    this.output = output;
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public boolean isLoggable(Level level) {
    return output.isLoggable(name, level);
  }

  @Override
  public void log(
      Level level,
      @Nullable ResourceBundle bundle,
      @Nullable String message,
      @Nullable Throwable thrown) {
    if (isLoggable(level)) {
      output.write(level, name, text(bundle, message), NONE, Optional.ofNullable(thrown));
    }
  }

  @Override
  public void log(
      Level level,
      @Nullable ResourceBundle bundle,
      @Nullable String format,
      @Nullable Object @Nullable ... parameters) {
    if (isLoggable(level)) {
      @Nullable Object[] given = parameters == null ? NONE : parameters;
      output.write(level, name, text(bundle, format), given, Optional.empty());
    }
  }

  private static String text(@Nullable ResourceBundle bundle, @Nullable String key) {
    if (key == null) {
      return "";
    }
    try {
      return bundle == null ? key : bundle.getString(key);
    } catch (MissingResourceException | ClassCastException notThere) {
      return key;
    }
  }
}
