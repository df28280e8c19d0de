package io.pulsegate.api;

import java.util.List;

/// A sink whose destination is changed to what its configuration says by a person's command, never
/// by itself.
public interface Migratable {
  /// What is to be done.
  Plan plan() throws InterruptedException;

  /// Does it, all or nothing.
  ///
  /// @return what was done
  Plan migrate() throws InterruptedException;

  /// What is, or was, to be done.
  sealed interface Plan {
    /// @param statements in their order; none where nothing is to be done
    /// @param obstacles what only a person can decide; while there are any, nothing is done
    record Steps(List<String> statements, List<String> obstacles) implements Plan {
      public Steps {
        statements = List.copyOf(statements);
        obstacles = List.copyOf(obstacles);
      }
    }

    /// The destination cannot be asked, or refused; nothing was changed. The text is for a person.
    record Failed(String reason) implements Plan {}
  }
}
