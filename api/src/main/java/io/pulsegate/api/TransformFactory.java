package io.pulsegate.api;

/// Makes transforms of one kind; found by ServiceLoader.
public interface TransformFactory<C> {
  /// The kind's declaration.
  ComponentSpec<C> spec();

  /// Makes a transform for one chain of one tenant. May read files, and so take a moment; not on a
  /// thread that delivers.
  ///
  /// @throws IllegalArgumentException with a text for the one who wrote the configuration
  Transform create(C config, TransformContext context);
}
