package io.pulsegate.core;

import io.pulsegate.api.Metric;
import java.util.List;

/// What core counts. The label `tenant` names the first 50 tenants seen by a process; the others
/// share `other`.
public enum CoreMetric implements Metric {
  INGEST_REQUESTS(
      "pulsegate_intake_requests_total",
      Kind.COUNTER,
      "Requests that reached the log's door, by what became of them.",
      List.of("tenant", "outcome")),
  INGEST_LATENCY(
      "pulsegate_intake_latency_ms",
      Kind.HISTOGRAM,
      "From hand-over to outcome, in milliseconds; at level disk it holds the sync.",
      List.of(),
      Buckets.MILLIS),
  STREAM_LAG(
      "pulsegate_stream_lag",
      Kind.GAUGE,
      "Live events in the log that the sink has not settled yet.",
      List.of("sink")),
  WORKER_PROCESSING_TIME(
      "pulsegate_worker_processing_time",
      Kind.HISTOGRAM,
      "Time of one write into the sink, in milliseconds.",
      List.of("sink"),
      Buckets.MILLIS),
  WORKER_ERRORS(
      "pulsegate_worker_errors_total",
      Kind.COUNTER,
      "Writes that did not deliver all they held, by kind.",
      List.of("sink", "kind")),
  DLQ_EVENTS(
      "pulsegate_dlq_events_total",
      Kind.COUNTER,
      "Events kept as dead letters.",
      List.of("sink", "tenant")),
  TENANT_BACKPRESSURE(
      "pulsegate_tenant_backpressure_total",
      Kind.COUNTER,
      "Requests turned away because of a limit, by limit.",
      List.of("tenant", "limit")),
  REPLAY_EVENTS(
      "pulsegate_replay_events_total",
      Kind.COUNTER,
      "Events delivered again on demand.",
      List.of()),
  EVENTS_RECEIVED(
      "pulsegate_events_received_total",
      Kind.COUNTER,
      "Events handed over to intake.",
      List.of("tenant")),
  EVENTS_ACCEPTED(
      "pulsegate_events_accepted_total",
      Kind.COUNTER,
      "Events that are durable and live.",
      List.of("tenant")),
  EVENTS_DUPLICATE(
      "pulsegate_events_duplicate_total",
      Kind.COUNTER,
      "Events that were in the log already.",
      List.of("tenant")),
  EVENTS_CONFLICTING(
      "pulsegate_events_conflicting_total",
      Kind.COUNTER,
      "Duplicates whose payload differs from the first one's, which stays.",
      List.of("tenant")),
  EVENTS_DELIVERED(
      "pulsegate_events_delivered_total",
      Kind.COUNTER,
      "Events delivered.",
      List.of("sink", "tenant")),
  EVENTS_DROPPED(
      "pulsegate_events_dropped_total",
      Kind.COUNTER,
      "Events given up, by reason: `refused_after_reply` is level memory's risk, `missing` are entries that the log no longer had for a sink (duplicates among them included).",
      List.of("sink", "reason")),
  IN_FLIGHT_BYTES(
      "pulsegate_in_flight_bytes", Kind.GAUGE, "Bytes of requests held in memory.", List.of()),
  IN_FLIGHT_EVENTS(
      "pulsegate_in_flight_events",
      Kind.GAUGE,
      "Events handed to the log and not yet durable.",
      List.of()),
  LOG_PENDING_BYTES(
      "pulsegate_log_pending_bytes",
      Kind.GAUGE,
      "Bytes handed to the log and not yet durable.",
      List.of()),
  LOG_SYNC_TIME(
      "pulsegate_log_sync_ms",
      Kind.HISTOGRAM,
      "Time of one write and sync of the log, in milliseconds.",
      List.of(),
      Buckets.MILLIS),
  LOG_COMMIT_BYTES(
      "pulsegate_log_commit_bytes",
      Kind.HISTOGRAM,
      "Bytes of one commit of the log.",
      List.of(),
      Buckets.SIZES),
  LOG_COMMIT_EVENTS(
      "pulsegate_log_commit_events",
      Kind.HISTOGRAM,
      "Entries of one commit of the log.",
      List.of(),
      Buckets.COUNTS),
  LOG_DISK_BYTES("pulsegate_log_disk_bytes", Kind.GAUGE, "Size of the log's files.", List.of()),
  LOG_PARKED_BYTES(
      "pulsegate_log_parked_bytes",
      Kind.GAUGE,
      "Size of those files of the log that hold only what tenants out of step still need.",
      List.of()),
  LOG_SPARE_BYTES(
      "pulsegate_log_spare_bytes",
      Kind.GAUGE,
      "Size of those files of the log that nobody needs: kept for replays, given back when space is short.",
      List.of()),
  LOG_FREE_BYTES(
      "pulsegate_log_free_bytes",
      Kind.GAUGE,
      "What the log can still take before new events are refused.",
      List.of()),
  LOG_OUTAGE_HOURS(
      "pulsegate_log_outage_hours_left",
      Kind.GAUGE,
      "How long events could be taken at the pace of the last five minutes if every sink were down: until the disk is full down to log.reserve, or as much waits as log.backlog allows; at most 8760.",
      List.of()),
  CLOCK_IN_DOUBT(
      "pulsegate_clock_in_doubt",
      Kind.GAUGE,
      "1 while the wall clock disagrees with the monotonic one by over a minute: nothing is deleted because of its age.",
      List.of()),
  LOG_DAMAGED_FRAMES(
      "pulsegate_log_damaged_frames",
      Kind.GAUGE,
      "Frames found unreadable and passed over since start.",
      List.of()),
  BATCH_EVENTS(
      "pulsegate_sink_batch_events",
      Kind.HISTOGRAM,
      "Events of one write into the sink.",
      List.of("sink"),
      Buckets.COUNTS),
  LAG_BYTES(
      "pulsegate_sink_lag_bytes",
      Kind.GAUGE,
      "Payload bytes of the events that the sink has not settled yet.",
      List.of("sink")),
  LAG_SECONDS(
      "pulsegate_sink_lag_seconds",
      Kind.GAUGE,
      "Age of the oldest event that the sink has not settled yet.",
      List.of("sink")),
  TENANT_LAG_EVENTS(
      "pulsegate_tenant_lag_events",
      Kind.GAUGE,
      "Events of the tenant that the sink has not settled yet.",
      List.of("sink", "tenant")),
  CONSERVATION_ACCEPTED(
      "pulsegate_conservation_accepted",
      Kind.GAUGE,
      "Events that the log has taken since the sink began, by the running totals in its frames.",
      List.of("sink")),
  CONSERVATION_SETTLED(
      "pulsegate_conservation_events",
      Kind.GAUGE,
      "What became of them, by the sink's durable cursor: delivered, dead_letter, dropped; waiting are those behind it.",
      List.of("sink", "outcome")),
  CONSERVATION_UNACCOUNTED(
      "pulsegate_conservation_unaccounted",
      Kind.GAUGE,
      "Accepted events less those of every outcome, over restarts: 0 while all adds up. Anything else is an alarm: above 0 events were lost, below some were counted twice.",
      List.of("sink")),
  CONSERVATION_TENANT(
      "pulsegate_conservation_tenant_unaccounted",
      Kind.GAUGE,
      "The same of one tenant in all sinks, since the start.",
      List.of("tenant")),
  ORPHANED_SINKS(
      "pulsegate_orphaned_sinks",
      Kind.GAUGE,
      "Sinks that are configured no more and that the log still keeps events for.",
      List.of()),
  HALTED(
      "pulsegate_sink_halted_tenants",
      Kind.GAUGE,
      "Tenants that wait behind an event that the sink will never take (on_poison: halt).",
      List.of("sink")),
  STRAGGLERS("pulsegate_sink_stragglers", Kind.GAUGE, "Tenants out of step.", List.of("sink")),
  SINK_UP("pulsegate_sink_up", Kind.GAUGE, "1 while the sink runs, else 0.", List.of("sink")),
  DEDUPLICATION_KEYS(
      "pulsegate_deduplication_keys",
      Kind.GAUGE,
      "Keys of ids and idempotency keys that are held.",
      List.of()),
  DEDUPLICATION_BYTES(
      "pulsegate_deduplication_bytes", Kind.GAUGE, "Memory that they take.", List.of()),
  DEDUPLICATION_WINDOW_OFFSETS(
      "pulsegate_deduplication_window_offsets",
      Kind.GAUGE,
      "Offsets between the oldest entry that outlasts a restart in the window and the log's end.",
      List.of());

  /// Bounds of histograms.
  private static final class Buckets {
    static final List<Double> MILLIS =
        List.of(
            0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 2_500.0,
            5_000.0, 10_000.0, 30_000.0);
    static final List<Double> COUNTS =
        List.of(1.0, 10.0, 100.0, 500.0, 1_000.0, 2_500.0, 5_000.0, 10_000.0, 20_000.0);
    static final List<Double> SIZES =
        List.of(4_096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0, 4_194_304.0);
  }

  private final String metricName;
  private final Kind kind;
  private final String help;

  // Made by List.of, so they never change.
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> labels;

  @SuppressWarnings("ImmutableEnumChecker")
  private final List<Double> buckets;

  CoreMetric(String metricName, Kind kind, String help, List<String> labels) {
    this(metricName, kind, help, labels, List.of());
  }

  CoreMetric(String metricName, Kind kind, String help, List<String> labels, List<Double> buckets) {
    this.metricName = metricName;
    this.kind = kind;
    this.help = help;
    this.labels = labels;
    this.buckets = buckets;
  }

  @Override
  public String metricName() {
    return metricName;
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public String help() {
    return help;
  }

  @Override
  public List<String> labels() {
    return labels;
  }

  @Override
  public List<Double> buckets() {
    return buckets;
  }
}
