package io.pulsegate.transforms.geoip;

import com.maxmind.db.Reader;
import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformFactory;
import io.pulsegate.api.Verdict;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Makes `geoip_enricher`.
public final class GeoipEnricherFactory implements TransformFactory<GeoipConfig> {
  private static final Logger LOG = System.getLogger(GeoipEnricherFactory.class.getName());

  /// Files that somebody was warned of: once, and not for each tenant and route.
  private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

  @Override
  public ComponentSpec<GeoipConfig> spec() {
    return GeoipConfig.SPEC;
  }

  @Override
  public Transform create(GeoipConfig config, TransformContext context) {
    Optional<Path> file =
        config
            .file()
            .or(() -> Optional.ofNullable(System.getenv("GEOIP_DATABASE")))
            .filter(name -> !name.isBlank())
            .map(context.folder()::resolve);
    if (file.filter(Files::isRegularFile).isEmpty()) {
      String missing = file.map(Path::toString).orElse("none");
      if (WARNED.add(missing)) {
        LOG.log(
            Level.WARNING,
            "geoip_enricher has no database, events pass through: set file or GEOIP_DATABASE;"
                + " tenant={0} file={1}",
            context.tenant(),
            missing);
      }
      return Verdict.Keep::new;
    }
    try {
      return new GeoipEnricher(config, new Reader(file.get().toFile()));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "file is no database in the MaxMind DB format: " + file.get(), e);
    }
  }
}
