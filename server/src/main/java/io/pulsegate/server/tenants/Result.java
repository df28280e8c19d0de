package io.pulsegate.server.tenants;

import io.pulsegate.server.config.Problem;
import java.util.List;

/// What came of a change that somebody asked for.
///
/// @param <T> what is told of it
public sealed interface Result<T> {
  /// It is durable and in force.
  record Done<T>(T value) implements Result<T> {}

  /// There is no such thing.
  record Missing<T>(String reason) implements Result<T> {}

  /// It is not for here, or clashes with what is there.
  record Conflict<T>(String reason) implements Result<T> {}

  /// It is wrong; what was in force stays.
  record Invalid<T>(List<Problem> problems) implements Result<T> {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }

  /// It cannot be kept now; what was in force stays.
  record Unavailable<T>(String reason) implements Result<T> {}
}
