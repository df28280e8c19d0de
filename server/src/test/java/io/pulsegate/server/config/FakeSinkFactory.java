package io.pulsegate.server.config;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Sink;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.SinkFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A sink that exists in the configuration only.
final class FakeSinkFactory implements SinkFactory<FakeSinkFactory.Config> {
  private static final Setting<String> TABLE =
      Setting.string("table", "Table that events go to.").orElse("events");
  private static final Setting<String> URL =
      Setting.string("url", "Where the database is.").asSecret();
  private static final Setting<Integer> THREADS =
      Setting.integer("threads", 1, 8, "Threads it may use.").orElse("2");

  private final ComponentSpec<Config> spec;

  /// @param withUrl whether it needs a url
  FakeSinkFactory(String name, boolean withUrl) {
    this.spec =
        new ComponentSpec<>(
            name,
            "A sink for tests.",
            withUrl ? List.of(URL, TABLE, THREADS) : List.of(TABLE, THREADS),
            settings ->
                new Config(
                    withUrl ? settings.get(URL) : "", settings.get(TABLE), settings.get(THREADS)));
  }

  record Config(String url, String table, int threads) {}

  @Override
  public ComponentSpec<Config> spec() {
    return spec;
  }

  @Override
  public Optional<String> place(Config config, Path dataFolder) {
    return config.url().isEmpty()
        ? Optional.of(dataFolder + " " + config.table())
        : Optional.empty();
  }

  @Override
  public Sink create(Config config, SinkContext context) {
    throw new UnsupportedOperationException("only its settings are looked at");
  }
}
