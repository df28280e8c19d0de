package io.pulsegate.bench.scenario;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds the start script of the server that this code belongs to.
public final class StartScript {
  private static final String NAME = "pulsegate";

  private StartScript() {}

  /// The script in the current folder, or else in one that this code's own file lies in.
  public static Optional<Path> find() {
    return Stream.concat(
            Stream.of(Path.of("").toAbsolutePath()),
            Stream.iterate(
                ownFile(),
                file -> Optional.ofNullable(file.getParent()).isPresent(),
                Path::getParent))
        .map(folder -> folder.resolve(NAME))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  private static Path ownFile() {
    try {
      return Path.of(StartScript.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a code source that is no file", e);
    }
  }
}
