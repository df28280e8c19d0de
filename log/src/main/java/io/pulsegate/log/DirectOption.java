package io.pulsegate.log;

import java.nio.file.OpenOption;
import java.util.Optional;

/// `com.sun.nio.file.ExtendedOpenOption.DIRECT`, of the supported module `jdk.unsupported`.
///
/// Found by name because javac warns of every use, with a warning that cannot be suppressed; and so
/// that a run-time image without that module falls back to the page cache.
final class DirectOption {
  static final Optional<OpenOption> DIRECT = find();

  private DirectOption() {}

  private static Optional<OpenOption> find() {
    try {
      Object option =
          Class.forName("com.sun.nio.file.ExtendedOpenOption").getField("DIRECT").get(null);
      return option instanceof OpenOption direct ? Optional.of(direct) : Optional.empty();
    } catch (ReflectiveOperationException e) {
      return Optional.empty();
    }
  }
}
