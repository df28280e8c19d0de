package io.pulsegate.server;

import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.Problem;
import io.pulsegate.server.config.ServerConfig;
import io.pulsegate.server.config.ServerConfig.Effective;
import io.pulsegate.server.config.ServerConfig.TenantEntry;
import io.pulsegate.server.tenants.Result;
import io.pulsegate.server.tenants.TenantDirectory;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Looks every second whether the configuration has changed, and puts its tenants in force. By
/// content, as neither times nor names of files tell when a folder is swapped by a link.
final class ConfigWatch implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ConfigWatch.class.getName());
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final ServerConfig running;
  private final TenantDirectory directory;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Optional<String> trouble = Optional.empty();
  private byte[] seen = new byte[0];

  ConfigWatch(ServerConfig running, TenantDirectory directory) {
    this.running = running;
    this.directory = directory;
  }

  /// Checks the configuration as it is now.
  @FunctionalInterface
  interface Check {
    Checked now() throws StartException;
  }

  /// Why the file as it is now is not in force; empty while it is.
  Optional<String> trouble() {
    return trouble;
  }

  /// Watches the file from now on. What it held at the start is in force.
  void begin(Path file, Check check) {
    seen = content(file).orElse(seen);
    Thread.ofVirtual()
        .name("pulsegate-config")
        .start(() -> {
          try {
            while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
              look(file, check);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /// Looks once.
  void look(Path file, Check check) {
    Optional<byte[]> now = content(file);
    if (now.isPresent() && !Arrays.equals(now.get(), seen)) {
      seen = now.get();
      try {
        take(check.now());
      } catch (StartException e) {
        refuse(String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "a change of the configuration met a bug", e);
        refuse(e.toString());
      }
    }
  }

  private Optional<byte[]> content(Path file) {
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (IOException e) {
      // It may be in the middle of being replaced; told where it lasts.
      trouble = Optional.of("the configuration cannot be read: " + e.getMessage());
      return Optional.empty();
    }
  }

  private void take(Checked checked) {
    switch (checked) {
      case Checked.Invalid(List<Problem> problems) -> refuse(text(problems));
      case Checked.Valid(ServerConfig config) -> {
        List<String> sinks = unknownSinks(config);
        if (sinks.isEmpty()) {
          apply(config);
        } else {
          refuse(
              "a route ends in %s, which came after the start: restart to have it"
                  .formatted(String.join(", ", sinks)));
        }
      }
    }
  }

  private void apply(ServerConfig config) {
    switch (directory.fileChanged(config.tenants())) {
      case Result.Done<Integer>(Integer tenants) -> {
        trouble = Optional.empty();
        LOG.log(Level.INFO, "the configuration was read again: {0} tenants", tenants);
        List<String> others = others(config);
        if (!others.isEmpty()) {
          trouble =
              Optional.of(
                  "changed, and in force only after a restart: " + String.join(", ", others));
          LOG.log(Level.WARNING, "of the configuration, {0}", trouble.get());
        }
      }
      case Result.Invalid<Integer>(List<Problem> problems) -> refuse(text(problems));
      case Result.Missing<Integer>(String reason) -> refuse(reason);
      case Result.Conflict<Integer>(String reason) -> refuse(reason);
      case Result.Unavailable<Integer>(String reason) -> refuse(reason);
    }
  }

  private static String text(List<Problem> problems) {
    return problems.stream().map(Problem::toString).collect(Collectors.joining("; "));
  }

  private void refuse(String why) {
    trouble = Optional.of("not in force, what was in force before stays: " + why);
    LOG.log(Level.ERROR, "the configuration has changed and is {0}", trouble.get());
  }

  private List<String> unknownSinks(ServerConfig config) {
    var unknown = new TreeSet<String>();
    for (TenantEntry tenant : config.tenants()) {
      tenant
          .settings()
          .routes()
          .forEach(route -> route.targets().forEach(target -> unknown.add(target.sink())));
    }
    running.sinks().forEach(sink -> unknown.remove(sink.name()));
    return new ArrayList<>(unknown);
  }

  /// What else than tenants differs from what runs.
  private List<String> others(ServerConfig config) {
    var before = values(running);
    var after = values(config);
    var differing = new TreeSet<String>();
    after.stream()
        .filter(value -> !before.contains(value))
        .forEach(value -> differing.add(path(value)));
    before.stream()
        .filter(value -> !after.contains(value))
        .forEach(value -> differing.add(path(value)));
    return new ArrayList<>(differing);
  }

  private static String path(String value) {
    return value.substring(0, value.indexOf('='));
  }

  private static List<String> values(ServerConfig config) {
    return config.effective().stream()
        .filter(value -> !value.path().startsWith("tenants."))
        .map(ConfigWatch::value)
        .toList();
  }

  private static String value(Effective value) {
    return value.path() + "=" + value.value();
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
