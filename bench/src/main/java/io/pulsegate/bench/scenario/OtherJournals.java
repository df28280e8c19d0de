package io.pulsegate.bench.scenario;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Journals that others made, each measured in a process of its own: their libraries are large, and
/// what they take of memory and CPU is to be told apart.
///
/// @param jars folder of the module that drives them
record OtherJournals(Path jars) {
  /// The journals, by the names that the module knows them by.
  static final List<String> NAMES = List.of("Artemis", "RocksDB");

  private static final String MODULE = "bench-journals";
  private static final String MAIN = "io.pulsegate.bench.journals.Main";
  private static final int WAIT_MINUTES = 5;

  /// They lie beside the folder of this code's own jar, where the start script has put them.
  static Optional<OtherJournals> find() {
    try {
      Path own =
          Path.of(OtherJournals.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Optional.ofNullable(own.getParent())
          .map(jars -> jars.resolveSibling(MODULE))
          .filter(Files::isDirectory)
          .map(OtherJournals::new);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a code source that is no file", e);
    }
  }

  /// Runs one as a closed loop.
  ///
  /// @param folder empty; emptied again by the caller
  /// @throws IOException where it cannot run here; the message says why
  LoopResult run(String name, Path folder, LoopLoad load, long warmUpNanos, long nanos)
      throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.library.path=" + folder,
                "-cp",
                jars + "/*",
                MAIN,
                name,
                folder.toString()));
    Collections.addAll(
        command,
        Integer.toString(load.inFlight()),
        Integer.toString(load.events()),
        Integer.toString(load.bodyBytes()),
        Long.toString(warmUpNanos),
        Long.toString(nanos));
    Path errors = Files.createTempFile("pulsegate-journal", ".log");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    try (var output = process.inputReader()) {
      Optional<String> line = output.lines().reduce((_, last) -> last);
      if (!process.waitFor(WAIT_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IOException(name + " failed: " + Files.readString(errors).strip());
      }
      return LoopResult.parse(line.orElse(""));
    } finally {
      process.destroyForcibly();
      Files.delete(errors);
    }
  }
}
