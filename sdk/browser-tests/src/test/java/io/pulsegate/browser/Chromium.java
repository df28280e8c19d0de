package io.pulsegate.browser;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// A Chromium of this machine, without a window, with a profile of its own.
final class Chromium implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String MISSING =
      "SKIPPED: the browser tests: no chromium, chromium-browser or google-chrome is on the PATH (Debian: apt-get install chromium)";

  private final Process process;
  private final Devtools devtools;

  private Chromium(Process process, Devtools devtools) {
    this.process = process;
    this.devtools = devtools;
  }

  /// Starts it; the tests are skipped, and say so, where there is none.
  ///
  /// @param preferences of the profile, as JSON
  static Chromium startOrSkip(Path profile, String preferences)
      throws IOException, InterruptedException {
    Optional<Path> executable = executable();
    if (executable.isEmpty()) {
      System.err.println(MISSING); // Surefire says only how many
      Assumptions.abort(MISSING);
    }
    Files.createDirectories(profile.resolve("Default"));
    Files.writeString(profile.resolve("Default/Preferences"), preferences);
    Process process = launch(executable.orElseThrow(), profile);
    try {
      return new Chromium(process, new Devtools(address(process, profile)));
    } catch (IOException | InterruptedException | RuntimeException e) {
      end(process);
      throw e;
    }
  }

  private static Optional<Path> executable() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .flatMap(folder ->
            Stream.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
                .map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Process launch(Path executable, Path profile) throws IOException {
    List<String> command = new ArrayList<>(List.of(executable.toString(), "--headless=new"));
    command.addAll(List.of("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"));
    command.addAll(List.of("--no-first-run", "--disable-background-networking"));
    command.addAll(List.of("--disable-component-update", "--disable-sync", "--disable-quic"));
    command.addAll(List.of("--disable-extensions", "--remote-debugging-port=0"));
    command.addAll(List.of("--user-data-dir=" + profile, "about:blank"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(profile.resolve("output.log").toFile())
        .start();
  }

  /// Chromium writes down where it listens: the port, then the path.
  private static URI address(Process process, Path profile)
      throws IOException, InterruptedException {
    Path file = profile.resolve("DevToolsActivePort");
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
      if (lines.size() == 2) {
        return URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
      }
      if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
        throw new IOException(
            "Chromium did not start:\n" + Files.readString(profile.resolve("output.log")));
      }
    }
  }

  /// Storage and cookies of their own, as of a new visitor.
  Visitor visitor() {
    String context =
        devtools
            .call(Optional.empty(), "Target.createBrowserContext", Map.of())
            .get("browserContextId")
            .stringValue();
    return new Visitor(devtools, Optional.of(context));
  }

  /// The profile itself, with its preferences.
  Visitor owner() {
    return new Visitor(devtools, Optional.empty());
  }

  @Override
  public void close() {
    try {
      devtools.call(Optional.empty(), "Browser.close", Map.of());
    } finally {
      devtools.close();
      end(process);
    }
  }

  private static void end(Process process) {
    List<ProcessHandle> all = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.forEach(ProcessHandle::destroyForcibly);
  }
}
