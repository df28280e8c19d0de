package io.pulsegate.server;

import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.ConfigChecker;
import io.pulsegate.server.config.ConfigSource;
import io.pulsegate.server.plugins.Components;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

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
    return load(file, flags, environment, Components::in);
  }

  /// The same with plugins that are loaded already.
  static Loaded load(
      Optional<Path> file,
      Map<String, String> flags,
      Map<String, String> environment,
      Function<Path, Components> components)
      throws StartException {
    Optional<Path> chosen = file.or(() -> variable(environment)).or(ConfigLoader::standard);
    Optional<String> document = Optional.empty();
    if (chosen.isPresent()) {
      document = Optional.of(read(chosen.get()));
    }
    var source = new ConfigSource(document, flags, environment);
    return new Loaded(chosen, new ConfigChecker(components).check(source));
  }

  /// What there is with the plugins of the folder that is named, whether the rest of the
  /// configuration is good or not.
  static Components components(
      Optional<Path> file, Map<String, String> flags, Map<String, String> environment)
      throws StartException {
    Optional<Path> chosen = file.or(() -> variable(environment)).or(ConfigLoader::standard);
    Optional<String> document = Optional.empty();
    if (chosen.isPresent()) {
      document = Optional.of(read(chosen.get()));
    }
    return new ConfigChecker(Components::in)
        .components(new ConfigSource(document, flags, environment));
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
}
