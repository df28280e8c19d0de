package io.pulsegate.server.systems;

import io.pulsegate.api.Bytes;
import io.pulsegate.core.SinkStatus;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.json.JsonWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The state of the server in the words of the systems it replaces.
///
/// What they say of Kafka is said of the sinks, which stand in its place: connected while all of
/// them run. What they say of a buffer is said of the log: what the slowest sink has not taken yet.
public final class SystemState {
  private static final double BYTES_PER_MB = 1e6;

  private final Parts parts;
  private final Traffic collector;
  private final List<Traffic> all;
  private final Instant started;

  /// Where it is read from.
  ///
  /// @param logEvents live events in the log since it was made
  /// @param writes of sinks since the start: how many, and their mean time
  /// @param batchEventsMax most events of one write
  public record Parts(
      Supplier<List<SinkStatus>> sinks,
      BooleanSupplier accepting,
      LongSupplier logEvents,
      Supplier<Writes> writes,
      int batchEventsMax,
      InstantSource clock) {}

  /// Writes of sinks.
  public record Writes(long count, double averageEvents, double averageMillis) {}

  SystemState(Parts parts, Traffic collector, List<Traffic> all) {
    this.parts = parts;
    this.collector = collector;
    this.all = List.copyOf(all);
    this.started = parts.clock().instant();
  }

  /// `up`, `down` where a sink does not run, `none` where there is no sink.
  public String database() {
    List<SinkStatus> sinks = parts.sinks().get();
    if (sinks.isEmpty()) {
      return "none";
    }
    return isRunning(sinks) ? "up" : "down";
  }

  private static boolean isRunning(List<SinkStatus> sinks) {
    return sinks.stream().allMatch(sink -> sink.state() == SinkStatus.State.RUNNING);
  }

  /// `/api/v1/health`: 503 where events cannot be taken.
  PageReply collectorHealth() {
    List<SinkStatus> sinks = parts.sinks().get();
    boolean accepting = parts.accepting().getAsBoolean();
    boolean running = isRunning(sinks);
    String status = !accepting ? "unhealthy" : running ? "healthy" : "degraded";
    JsonWriter json = new JsonWriter(256);
    json.beginObject().field("status", status).field("kafka_connected", running);
    json.name("buffer_status")
        .beginObject()
        .field("buffered_batches", batches(lagEvents(sinks)))
        .field("buffer_size_mb", lagBytes(sinks) / BYTES_PER_MB)
        .endObject();
    json.name("throughput_metrics")
        .beginObject()
        .field("events_per_second", collector.perSecond())
        .field("avg_processing_time_ms", rounded(collector.latencies().averageMillis()))
        .endObject();
    json.field("uptime_seconds", Duration.between(started, parts.clock().instant()).toSeconds())
        .endObject();
    return SystemPages.page(accepting ? 200 : 503, json);
  }

  /// `/api/v1/metrics`.
  JsonWriter collectorMetrics() {
    List<SinkStatus> sinks = parts.sinks().get();
    return new JsonWriter(256)
        .beginObject()
        .field("events_processed_total", collector.taken())
        .field("events_per_second", collector.perSecond())
        .field("kafka_writes_total", parts.writes().get().count())
        .field("dlq_events_total", collector.discarded() + deadLettered(sinks))
        .field("buffer_events_count", lagEvents(sinks))
        .field("avg_processing_time_ms", rounded(collector.latencies().averageMillis()))
        .field("p99_processing_time_ms", rounded(collector.latencies().percentileMillis(0.99)))
        .endObject();
  }

  /// `/metrics` as Kaasino Pulse Collector shows it.
  public Bytes kaasinoMetrics() {
    List<SinkStatus> sinks = parts.sinks().get();
    Writes writes = parts.writes().get();
    long refused = all.stream().mapToLong(Traffic::refused).sum();
    long delivered = sinks.stream().mapToLong(SinkStatus::delivered).min().orElse(0);
    return Bytes.of(
        new JsonWriter(256)
            .beginObject()
            .field("events_received", parts.logEvents().getAsLong() + refused)
            .field("events_processed", delivered)
            .field("events_failed", refused + deadLettered(sinks))
            .field("batches_processed", writes.count())
            .field("queue_size", lagEvents(sinks))
            .field("avg_batch_size", rounded(writes.averageEvents()))
            .field("avg_flush_time_ms", rounded(writes.averageMillis()))
            .endObject()
            .newLine()
            .toByteArray());
  }

  private long batches(long events) {
    return (events + parts.batchEventsMax() - 1) / parts.batchEventsMax();
  }

  private static long lagEvents(List<SinkStatus> sinks) {
    return sinks.stream().mapToLong(SinkStatus::lagEvents).max().orElse(0);
  }

  private static long lagBytes(List<SinkStatus> sinks) {
    return sinks.stream().mapToLong(SinkStatus::lagBytes).max().orElse(0);
  }

  private static long deadLettered(List<SinkStatus> sinks) {
    return sinks.stream().mapToLong(SinkStatus::deadLettered).sum();
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }
}
