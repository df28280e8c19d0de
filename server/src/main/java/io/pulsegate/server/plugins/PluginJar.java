package io.pulsegate.server.plugins;

import io.pulsegate.api.SinkFactory;
import io.pulsegate.api.TransformFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/// What one jar brings, and what of it cannot be used.
///
/// @param version as its manifest says; empty where it does not
/// @param troubles in words for the one who put it there
record PluginJar(
    List<SinkFactory<?>> sinks,
    List<TransformFactory<?>> transforms,
    String version,
    List<String> troubles) {
  PluginJar {
    sinks = List.copyOf(sinks);
    transforms = List.copyOf(transforms);
    troubles = List.copyOf(troubles);
  }

  /// Reads it. Whatever is wrong with it is a trouble; nothing is thrown.
  static PluginJar open(Path file) {
    String version;
    try (var jar = new JarFile(file.toFile())) {
      version =
          Optional.ofNullable(jar.getManifest())
              .map(manifest ->
                  manifest.getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION))
              .orElse("");
    } catch (IOException e) {
      return broken("it cannot be read as a jar: " + e.getMessage());
    }
    try {
      // Never closed: its classes are used as long as the process lives.
      var guard = new Guard(new PluginLoader(file));
      return guard.call("is loaded", () -> load(guard, version));
    } catch (IOException | IllegalArgumentException e) {
      return broken(String.valueOf(e.getMessage()));
    }
  }

  private static PluginJar broken(String reason) {
    return new PluginJar(List.of(), List.of(), "", List.of(reason));
  }

  private static PluginJar load(Guard guard, String version) {
    var troubles = new ArrayList<String>();
    var sinks = new ArrayList<SinkFactory<?>>();
    for (SinkFactory<?> factory : providers(SinkFactory.class, guard, troubles)) {
      try {
        sinks.add(PluginSinkFactory.of(factory, guard));
      } catch (Throwable e) {
        troubles.add(factory.getClass().getName() + " " + Guard.words(e));
      }
    }
    var transforms = new ArrayList<TransformFactory<?>>();
    for (TransformFactory<?> factory : providers(TransformFactory.class, guard, troubles)) {
      try {
        transforms.add(PluginTransformFactory.of(factory, guard));
      } catch (Throwable e) {
        troubles.add(factory.getClass().getName() + " " + Guard.words(e));
      }
    }
    if (sinks.isEmpty() && transforms.isEmpty() && troubles.isEmpty()) {
      troubles.add(
          "it has neither META-INF/services/%s nor META-INF/services/%s"
              .formatted(TransformFactory.class.getName(), SinkFactory.class.getName()));
    }
    return new PluginJar(sinks, transforms, version, troubles);
  }

  /// Those that can be made; of a list that cannot be read on, those before the place.
  private static <F> List<F> providers(Class<F> kind, Guard guard, List<String> troubles) {
    var providers = new ArrayList<F>();
    try {
      var all = ServiceLoader.load(kind, guard.loader()).stream().iterator();
      while (all.hasNext()) {
        try {
          providers.add(all.next().get());
        } catch (Throwable e) {
          troubles.add(Guard.words(e));
        }
      }
    } catch (Throwable e) {
      troubles.add(Guard.words(e));
    }
    return providers;
  }
}
