package io.pulsegate.server.logs;

import java.util.Arrays;
import java.util.MissingResourceException;
import java.util.Optional;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/// A `System.Logger` that writes to a [LogOutput]. A throwable that comes last among the parameters
/// and has no place in the text is what was thrown, as with other loggers: so a line has both
/// fields and a stack trace.
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
      String text = text(bundle, format);
      int last = given.length - 1;
      if (last >= 0
          && given[last] instanceof Throwable thrown
          && !text.contains("{" + last + "}")) {
        output.write(level, name, text, Arrays.copyOf(given, last), Optional.of(thrown));
      } else {
        output.write(level, name, text, given, Optional.empty());
      }
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
