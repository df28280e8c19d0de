package io.pulsegate.server.plugins;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.TransformFactory;
import io.pulsegate.api.Verdict;

/// Makes the transforms of a plugin, so that each runs with the plugin's class loader.
record PluginTransformFactory<C>(TransformFactory<C> factory, Guard guard, ComponentSpec<C> spec)
    implements TransformFactory<C> {
  /// @throws IllegalArgumentException where its declaration is not as it must be
  static <C> PluginTransformFactory<C> of(TransformFactory<C> factory, Guard guard) {
    return new PluginTransformFactory<>(factory, guard, guard.checked(factory.spec()));
  }

  @Override
  public Transform create(C config, TransformContext context) {
    Transform made = guard.call("was made", () -> factory.create(config, context));
    return new Within(made, guard.loader());
  }

  private record Within(Transform transform, ClassLoader loader) implements Transform {
    @Override
    public Verdict apply(TransformEvent event) {
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(loader);
      try {
        return transform.apply(event);
      } finally {
        thread.setContextClassLoader(before);
      }
    }

    @Override
    public void close() {
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(loader);
      try {
        transform.close();
      } finally {
        thread.setContextClassLoader(before);
      }
    }
  }
}
