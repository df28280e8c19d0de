package io.pulsegate.api;

/// Makes sinks of one kind; found by ServiceLoader.
public interface SinkFactory<C> {
  /// The kind's declaration.
  ComponentSpec<C> spec();

  /// Makes a sink. Neither connects nor blocks.
  Sink create(C config, SinkContext context);
}
