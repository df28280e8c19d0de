package io.pulsegate.server.plugins;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/// Calls code of one plugin: with its class loader as the thread's, on a thread of its own where it
/// is loaded, configured or made, and with a limit of time there. Any thread.
final class Guard {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

  private final ClassLoader loader;

  Guard(ClassLoader loader) {
    this.loader = loader;
  }

  ClassLoader loader() {
    return loader;
  }

  /// Makes a call, whatever comes of it.
  ///
  /// @param what it is called for, in words that follow "while it"
  /// @throws IllegalArgumentException with the reason, where there is no result
  <T> T call(String what, Callable<T> call) {
    var task = new FutureTask<>(call);
    Thread thread = Thread.ofPlatform().name("pulsegate-plugin").daemon().unstarted(task);
    thread.setContextClassLoader(loader);
    thread.start();
    try {
      T result = task.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      if (result == null) {
        throw new IllegalArgumentException("it answered nothing while it " + what);
      }
      return result;
    } catch (ExecutionException e) {
      Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
      if (cause instanceof IllegalArgumentException told) {
        throw told;
      }
      throw new IllegalArgumentException(words(cause) + " while it " + what, e);
    } catch (TimeoutException e) {
      thread.interrupt();
      throw new IllegalArgumentException(
          "it did not come back within %d s while it %s".formatted(LIMIT.toSeconds(), what), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalArgumentException("the process is ending", e);
    }
  }

  /// What was thrown, in words for the one who put the plugin there.
  static String words(Throwable thrown) {
    return switch (thrown) {
      case IllegalArgumentException told -> String.valueOf(told.getMessage());
      case UnsupportedClassVersionError _ ->
          "was compiled for a newer Java: " + thrown.getMessage();
      case NoClassDefFoundError _ ->
          "needs a class that is not there: %s. Pack its libraries into the jar, or name them in the Class-Path of its manifest"
              .formatted(thrown.getMessage());
      case LinkageError _ -> "does not fit this release of PulseGate: " + thrown;
      case java.util.ServiceConfigurationError _ when thrown.getCause() instanceof Error cause ->
          words(cause);
      default -> "threw " + thrown;
    };
  }

  /// A plugin's declaration, read once and checked, whose reader is called with this guard.
  ///
  /// @throws IllegalArgumentException where it is not as it must be
  <C> ComponentSpec<C> checked(ComponentSpec<C> spec) {
    if (!NAME.matcher(spec.name()).matches()) {
      throw new IllegalArgumentException(
          "declares the name \"%s\": it must be 1 to 64 small letters, digits, '_' or '-'"
              .formatted(spec.name()));
    }
    var names = new HashSet<String>();
    for (Setting<?> setting : spec.settings()) {
      if (!names.add(setting.name())) {
        throw new IllegalArgumentException("declares the setting " + setting.name() + " twice");
      }
    }
    return new ComponentSpec<>(
        spec.name(),
        spec.version(),
        spec.summary(),
        spec.settings(),
        (Settings settings) -> call("read its settings", () -> spec.reader().apply(settings)));
  }
}
