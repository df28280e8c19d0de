package io.pulsegate.api;

import java.nio.file.Path;
import java.util.Optional;

/// Makes sinks of one kind; found by ServiceLoader.
public interface SinkFactory<C> {
  /// The kind's declaration.
  ComponentSpec<C> spec();

  /// What a sink would write into, such as a file and a table, in words that are the same for the
  /// same place and hold no secret: two sinks that name one place would store every event twice and
  /// are refused. Empty where that is not known, or no harm. Neither connects nor blocks.
  ///
  /// @param dataFolder as in [SinkContext]
  default Optional<String> place(C config, Path dataFolder) {
    return Optional.empty();
  }

  /// Makes a sink. Neither connects nor blocks.
  Sink create(C config, SinkContext context);
}
