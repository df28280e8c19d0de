package io.pulsegate.sinks.duckdb;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.SinkFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes DuckDB sinks.
public final class DuckDbSinkFactory implements SinkFactory<DuckDbConfig> {
  @Override
  public ComponentSpec<DuckDbConfig> spec() {
    return DuckDbConfig.SPEC;
  }

  @Override
  public Optional<String> place(DuckDbConfig config, Path dataFolder) {
    // DuckDB takes no notice of the case of names.
    String table = config.table().table().toLowerCase(Locale.ROOT);
    return Optional.of("the table %s of %s".formatted(table, real(config.file(dataFolder))));
  }

  /// The path with all links in it followed, as far as it is there.
  private static Path real(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    for (@Nullable Path known = absolute; known != null; known = known.getParent()) {
      try {
        return known.toRealPath().resolve(known.relativize(absolute));
      } catch (IOException notThereYet) {
        // Its folder may be.
      }
    }
    return absolute;
  }

  @Override
  public DuckDbSink create(DuckDbConfig config, SinkContext context) {
    return new DuckDbSink(config, context);
  }
}
