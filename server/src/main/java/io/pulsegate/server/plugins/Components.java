package io.pulsegate.server.plugins;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.SinkFactory;
import io.pulsegate.api.TransformFactory;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Stream;

/// All kinds of sinks and transforms, by the names they are configured with.
///
/// **A plugin never takes the place of another kind of the same name, and a jar that cannot be read
/// costs only itself.**
///
/// @param all in the order they were found: our own, then jar by jar
/// @param broken what could not be taken
public record Components(
    Map<String, SinkFactory<?>> sinks,
    Map<String, TransformFactory<?>> transforms,
    List<Component> all,
    List<Broken> broken) {
  private static final System.Logger LOG = System.getLogger(Components.class.getName());

  public Components {
    sinks = Map.copyOf(sinks);
    transforms = Map.copyOf(transforms);
    all = List.copyOf(all);
    broken = List.copyOf(broken);
  }

  /// What kind of thing a component is.
  public enum Kind {
    SINK,
    TRANSFORM
  }

  /// One of them.
  ///
  /// @param version its own, else that of its jar; empty where nobody says
  /// @param jar file name; empty for our own
  public record Component(Kind kind, ComponentSpec<?> spec, String version, String jar) {}

  /// A jar, or a part of one, that cannot be used.
  public record Broken(String jar, String reason) {
    @Override
    public String toString() {
      return jar + ": " + reason;
    }
  }

  /// Our own.
  public static Components builtIn() {
    var found = new Collector();
    found.addBuiltIn();
    return found.components();
  }

  /// Our own, and those of all jars in a folder, by the names of the jars. Runs code of the
  /// plugins.
  ///
  /// @param folder where it is not there, there are no plugins
  public static Components in(Path folder) {
    var found = new Collector();
    found.addBuiltIn();
    jars(folder, found).forEach(found::addJar);
    Components components = found.components();
    components.broken().forEach(each -> LOG.log(Level.ERROR, "plugin cannot be used: {0}", each));
    return components;
  }

  private static List<Path> jars(Path folder, Collector found) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      found.broken.add(
          new Broken(folder.toString(), "the folder cannot be read: " + e.getMessage()));
      return List.of();
    }
  }

  /// The same with other sinks: for tests of what configures them.
  public Components withSinks(Map<String, SinkFactory<?>> others) {
    return new Components(others, transforms, all, broken);
  }

  /// What there is to say where somebody names a component that is not there.
  public String brokenHint() {
    return broken.isEmpty()
        ? ""
        : "; not loaded: " + String.join("; ", broken.stream().map(Broken::toString).toList());
  }

  private static final class Collector {
    final Map<String, SinkFactory<?>> sinks = new LinkedHashMap<>();
    final Map<String, TransformFactory<?>> transforms = new LinkedHashMap<>();
    final List<Component> all = new ArrayList<>();
    final List<Broken> broken = new ArrayList<>();

    void addBuiltIn() {
      String version = Components.class.getPackage().getImplementationVersion();
      String ours = version == null ? "development" : version;
      for (SinkFactory<?> factory : ServiceLoader.load(SinkFactory.class)) {
        add(Kind.SINK, factory, SinkFactory::spec, sinks, ours, "");
      }
      for (TransformFactory<?> factory : ServiceLoader.load(TransformFactory.class)) {
        add(Kind.TRANSFORM, factory, TransformFactory::spec, transforms, ours, "");
      }
    }

    void addJar(Path file) {
      String name = file.getFileName().toString();
      PluginJar jar = PluginJar.open(file);
      jar.troubles().forEach(reason -> broken.add(new Broken(name, reason)));
      for (SinkFactory<?> factory : jar.sinks()) {
        add(Kind.SINK, factory, SinkFactory::spec, sinks, jar.version(), name);
      }
      for (TransformFactory<?> factory : jar.transforms()) {
        add(Kind.TRANSFORM, factory, TransformFactory::spec, transforms, jar.version(), name);
      }
    }

    private <F> void add(
        Kind kind,
        F factory,
        Function<F, ComponentSpec<?>> specOf,
        Map<String, F> known,
        String version,
        String jar) {
      ComponentSpec<?> spec = specOf.apply(factory);
      if (known.putIfAbsent(spec.name(), factory) == null) {
        String own = spec.version().isEmpty() ? version : spec.version();
        all.add(new Component(kind, spec, own, jar));
        return;
      }
      String owner =
          all.stream()
              .filter(each -> each.kind() == kind && each.spec().name().equals(spec.name()))
              .map(each -> each.jar().isEmpty() ? "PulseGate itself" : each.jar())
              .findFirst()
              .orElse("");
      String reason =
          "there is a %s %s already, of %s"
              .formatted(kind.name().toLowerCase(java.util.Locale.ROOT), spec.name(), owner);
      if (jar.isEmpty()) {
        throw new IllegalStateException(reason);
      }
      broken.add(new Broken(jar, reason));
    }

    Components components() {
      return new Components(sinks, transforms, all, broken);
    }
  }
}
