package io.pulsegate.server;

import io.pulsegate.api.SinkFactory;
import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.ConfigChecker;
import io.pulsegate.server.config.ConfigSource;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/// Finds the configuration and has it checked.
final class ConfigLoader {
  private static final Path STANDARD = Path.of("pulsegate.yaml");
  private static final long FILE_BYTES_MAX = 1 << 20;

  private ConfigLoader() {}

  /// A checked configuration and the file it came from.
  record Loaded(Optional<Path> file, Checked checked) {}

  /// @param file what `--config` says
  static Loaded load(
      Optional<Path> file, Map<String, String> flags, Map<String, String> environment)
      throws StartException {
    Optional<Path> chosen = file.or(() -> variable(environment)).or(ConfigLoader::standard);
    Optional<String> document = Optional.empty();
    if (chosen.isPresent()) {
      document = Optional.of(read(chosen.get()));
    }
    var source = new ConfigSource(document, flags, environment);
    return new Loaded(chosen, new ConfigChecker(sinkFactories()).check(source));
  }

  private static Optional<Path> variable(Map<String, String> environment) {
    return Optional.ofNullable(environment.get("PULSEGATE_CONFIG"))
        .filter(text -> !text.isEmpty())
        .map(Path::of);
  }

  private static Optional<Path> standard() {
    return Files.isRegularFile(STANDARD) ? Optional.of(STANDARD) : Optional.empty();
  }

  private static String read(Path file) throws StartException {
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        throw new StartException(
            "the configuration %s is larger than %d bytes".formatted(file, FILE_BYTES_MAX));
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new StartException("there is no configuration file " + file, e);
    } catch (CharacterCodingException e) {
      throw new StartException("the configuration " + file + " is not UTF-8", e);
    } catch (IOException e) {
      throw new StartException(
          "the configuration %s cannot be read: %s".formatted(file, FileTrouble.of(e)), e);
    }
  }

  /// All kinds of sinks on the class path, by name.
  static Map<String, SinkFactory<?>> sinkFactories() {
    var factories = new LinkedHashMap<String, SinkFactory<?>>();
    for (SinkFactory<?> factory : ServiceLoader.load(SinkFactory.class)) {
      SinkFactory<?> before = factories.putIfAbsent(factory.spec().name(), factory);
      if (before != null) {
        throw new IllegalStateException(
            "two kinds of sink are called %s: %s and %s"
                .formatted(factory.spec().name(), before.getClass(), factory.getClass()));
      }
    }
    return factories;
  }
}
