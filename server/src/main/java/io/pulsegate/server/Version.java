package io.pulsegate.server;

import java.util.Optional;
import picocli.CommandLine;

/// Which release this is.
final class Version implements CommandLine.IVersionProvider {
  /// The release, as the build has put it into the jar.
  static String number() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "PulseGate %s, Java %s".formatted(number(), Runtime.version()),
    };
  }
}
