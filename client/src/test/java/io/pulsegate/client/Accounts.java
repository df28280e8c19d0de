package io.pulsegate.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Collects what a client tells its callbacks, and holds it against its stats.
final class Accounts {
  static final Duration LIMIT = Duration.ofSeconds(30);

  private final List<PulseError> errors = new ArrayList<>();
  private final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);

  /// A client with short waits that tells everything here.
  PulseClientBuilder builder(String url) {
    return quick(PulseClient.builder(url).apiKey("demo"));
  }

  /// The same in Kaasino's format, for a site.
  PulseClientBuilder siteBuilder(String url) {
    return quick(PulseClient.builder(url).siteId("casino"));
  }

  private PulseClientBuilder quick(PulseClientBuilder builder) {
    return builder
        .flushInterval(Duration.ofMillis(5))
        .retry(Duration.ofMillis(1), Duration.ofMillis(20))
        .onDrop(this::dropped)
        .onError(this::error);
  }

  private synchronized void dropped(DropReason reason, long events) {
    drops.merge(reason, events, Long::sum);
  }

  private synchronized void error(PulseError error) {
    errors.add(error);
  }

  synchronized List<PulseError> errors() {
    return List.copyOf(errors);
  }

  synchronized List<PulseError.Refused> refused() {
    return errors.stream()
        .filter(PulseError.Refused.class::isInstance)
        .map(PulseError.Refused.class::cast)
        .toList();
  }

  synchronized List<PulseError.Delayed> delayed() {
    return errors.stream()
        .filter(PulseError.Delayed.class::isInstance)
        .map(PulseError.Delayed.class::cast)
        .toList();
  }

  synchronized Map<DropReason, Long> drops() {
    return Map.copyOf(drops);
  }

  /// Every event is in exactly one place, and the callbacks say the same as the stats. For a client
  /// that is closed.
  void mustAddUp(PulseClient client) {
    PulseStats stats = client.stats();
    assertThat(stats.delivered() + stats.refused() + stats.droppedTotal() + stats.queued())
        .as("delivered + refused + dropped + queued of %s", stats)
        .isEqualTo(stats.tracked() + stats.recovered());
    assertThat(drops()).isEqualTo(stats.dropped());
    assertThat(refused()).hasSize((int) stats.refused());
  }
}
