package io.pulsegate.server.config;

import java.util.List;

/// What came of checking a configuration.
public sealed interface Checked {
  /// It can be run.
  record Valid(ServerConfig config) implements Checked {}

  /// It cannot; all that is wrong, in the order of the file.
  record Invalid(List<Problem> problems) implements Checked {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }
}
