package io.pulsegate.server.plugins;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Sink;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.SinkFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// Makes the sinks of a plugin, so that each runs with the plugin's class loader.
record PluginSinkFactory<C>(SinkFactory<C> factory, Guard guard, ComponentSpec<C> spec)
    implements SinkFactory<C> {
  /// @throws IllegalArgumentException where its declaration is not as it must be
  static <C> PluginSinkFactory<C> of(SinkFactory<C> factory, Guard guard) {
    return new PluginSinkFactory<>(factory, guard, guard.checked(factory.spec()));
  }

  @Override
  public Sink create(C config, SinkContext context) {
    return within(guard.call("was made", () -> factory.create(config, context)), guard.loader());
  }

  /// The same sink, and still what it was: one that keeps its cursor, that can be queried, and so
  /// on.
  private static Sink within(Sink sink, ClassLoader loader) {
    var kinds = new LinkedHashSet<Class<?>>(List.of(Sink.class));
    for (Class<?> each = sink.getClass(); each != null; each = each.getSuperclass()) {
      for (Class<?> kind : each.getInterfaces()) {
        if (kind.getPackage().equals(Sink.class.getPackage())) {
          kinds.add(kind);
        }
      }
    }
    return (Sink)
        Proxy.newProxyInstance(
            Sink.class.getClassLoader(),
            kinds.toArray(Class<?>[]::new),
            (_, method, arguments) -> {
              Thread thread = Thread.currentThread();
              ClassLoader before = thread.getContextClassLoader();
              thread.setContextClassLoader(loader);
              try {
                return method.invoke(sink, arguments);
              } catch (InvocationTargetException e) {
                throw Optional.ofNullable(e.getCause()).orElse(e);
              } finally {
                thread.setContextClassLoader(before);
              }
            });
  }
}
