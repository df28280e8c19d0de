package io.pulsegate.server.plugins;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;

/// Loads the classes of one plugin: from its jar, and from what the `Class-Path` of its manifest
/// names. **Of ours it sees the packages api and json, of everything else the JDK alone**, so that
/// its libraries and ours, and those of two plugins, can be of different versions.
final class PluginLoader extends URLClassLoader {
  static {
    registerAsParallelCapable();
  }

  PluginLoader(Path jar) throws MalformedURLException {
    super("plugin " + jar.getFileName(), new URL[] {jar.toUri().toURL()}, new Shared());
  }

  /// The part of ours that plugins see.
  private static final class Shared extends ClassLoader {
    private static final List<String> PACKAGES =
        List.of("io.pulsegate.api.", "io.pulsegate.json.", "org.jspecify.annotations.");

    static {
      registerAsParallelCapable();
    }

    Shared() {
      super("pulsegate api", ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (PACKAGES.stream().anyMatch(name::startsWith)) {
        return Shared.class.getClassLoader().loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }
}
