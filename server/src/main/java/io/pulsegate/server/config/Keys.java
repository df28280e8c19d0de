package io.pulsegate.server.config;

import io.pulsegate.api.Setting;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Every key of `pulsegate.yaml`, declared once: the parser, `pulsegate check` and the reference
/// page read these. The settings of sinks are declared by the sinks.
final class Keys {
  static final Key<String> DATA =
      Key.of(
              "",
              Setting.string(
                      "data",
                      "Folder that holds the log, the dead letters and the embedded database.")
                  .orElse("./data"))
          .flag("--data")
          .variable("PULSEGATE_DATA")
          .variable("BUFFER_DIR");
  static final Key<Long> MEMORY =
      Key.of(
              "",
              Setting.size(
                      "memory",
                      "Memory for the whole process, at least 256MiB. The shares of all parts derive from it and are printed at start.")
                  .orElse("512MiB"))
          .flag("--memory")
          .variable("PULSEGATE_MEMORY");

  static final Key<String> PLUGINS =
      Key.of(
              "",
              Setting.string(
                      "plugins",
                      "Folder of plugins: each jar in it brings transforms or sinks. Read at start.")
                  .orElse("./plugins"))
          .flag("--plugins")
          .variable("PULSEGATE_PLUGINS");

  static final Key<String> BIND =
      Key.of(
              "server",
              Setting.string(
                      "bind",
                      "Address the server listens on; 0.0.0.0 for all. Anything but loopback needs tenants of your own.")
                  .orElse("127.0.0.1"))
          .flag("--bind")
          .variable("PULSEGATE_BIND");
  static final Key<Integer> PORT =
      Key.of(
              "server",
              Setting.integer("port", 0, 65_535, "Port for events; 0 takes a free one.")
                  .orElse("8080"))
          .flag("--port")
          .variable("PORT");
  static final Key<Boolean> READY_STRICT =
      Key.of(
          "server",
          Setting.bool(
                  "ready_strict",
                  "Whether /ready also answers 503 while a sink or the state store is in trouble. Events are accepted all the same.")
              .orElse("false"));
  static final Key<Duration> STOP_TIMEOUT =
      Key.of(
              "server",
              Setting.duration(
                      "stop_timeout",
                      "How long a stop may wait for sinks to take what was accepted. What is left stays in the log.")
                  .orElse("20s"))
          .flag("--stop-timeout");

  static final Key<Integer> ADMIN_PORT =
      Key.of(
              "admin",
              Setting.integer(
                      "port",
                      0,
                      65_535,
                      "Port of the admin listener, always on loopback; 0 takes a free one.")
                  .orElse("8081"))
          .flag("--admin-port")
          .variable("PULSEGATE_ADMIN_PORT");
  static final Key<String> ADMIN_TOKEN =
      Key.of(
              "admin",
              Setting.string(
                      "token",
                      "Token of the admin listener, at least 16 characters. Without it one is made and kept in the data folder, readable by its owner only.")
                  .asOptional()
                  .asSecret())
          .variable("PULSEGATE_ADMIN_TOKEN");

  static final Key<Long> BODY =
      Key.of(
          "limits",
          Setting.size("body", "Largest request body as sent, at most 1GiB.").orElse("10MiB"));
  static final Key<Long> INFLATED =
      Key.of(
          "limits",
          Setting.size("inflated", "Largest request body after inflating, at most 1GiB.")
              .orElse("32MiB"));
  static final Key<Integer> EVENTS =
      Key.of(
          "limits",
          Setting.integer("events", 1, 60_000, "Most events in one request.").orElse("10000"));
  static final Key<Long> EVENT =
      Key.of("limits", Setting.size("event", "Largest event, at most 1MiB.").orElse("1MiB"));
  static final Key<Integer> DEPTH =
      Key.of("limits", Setting.integer("depth", 1, 512, "Deepest nesting of JSON.").orElse("64"));

  static final Key<Long> SEGMENT =
      Key.of(
          "log",
          Setting.size(
                  "segment",
                  "Size at which the log begins a new file, 16MiB to 4GiB; no more than a sixteenth of the disk is used.")
              .orElse("256MiB"));
  static final Key<Duration> AUDIT_TIME =
      Key.of(
          "admin",
          Setting.duration("audit_time", "How long a line of the audit log is kept; 0 for ever.")
              .orElse("0"));
  static final Key<Long> AUDIT_SIZE =
      Key.of(
          "admin",
          Setting.size("audit_size", "With more than that in the audit log, its oldest lines go.")
              .orElse("256MiB"));

  static final Key<Long> RESERVE =
      Key.of(
          "log",
          Setting.size(
                  "reserve",
                  "Disk space the log leaves free, at least 16MiB. New events are refused below it and taken again above it.")
              .orElse("64MiB"));
  static final Key<Duration> REPLAY_TIME =
      Key.of(
          "log",
          Setting.duration(
                  "replay_time",
                  "How long the log keeps events that every sink has, for replays; 1h or longer, less where the disk has no room.")
              .orElse("1h"));
  static final Key<Long> REPLAY_SIZE =
      Key.of(
          "log",
          Setting.size(
                  "replay_size",
                  "With more than that in its files, the log keeps events that every sink has no longer.")
              .orElse("1TiB"));

  static final Key<Boolean> RECYCLE =
      Key.of(
          "log",
          Setting.bool(
                  "recycle",
                  "Whether the log writes its new files over old ones, or over zeros written ahead, which is faster than to let them grow.")
              .orElse("true"));

  static final Key<Long> BACKLOG =
      Key.of(
              "log",
              Setting.size(
                      "backlog",
                      "Most bytes of events that may wait for the slowest sink, all tenants together. New events are refused above it and taken again below it. Without it the disk is the limit.")
                  .asOptional())
          .variable("MAX_BUFFER_SIZE_MB", "MiB");

  static final Key<Integer> BATCH_EVENTS =
      Key.of(
              "delivery",
              Setting.integer("batch_events", 1, 1_000_000, "Most events in one write to a sink.")
                  .orElse("20000"))
          .variable("BATCH_SIZE");
  static final Key<Long> BATCH_BYTES =
      Key.of(
          "delivery",
          Setting.size("batch_bytes", "About the most bytes in one write to a sink.")
              .orElse("8MiB"));
  static final Key<Duration> LINGER =
      Key.of(
              "delivery",
              Setting.duration(
                      "linger",
                      "How long events may wait for a write of batch_events to come together, up to 1h; 0: what waits is written as soon as the sink is free.")
                  .orElse("0"))
          .variable("FLUSH_INTERVAL");
  static final Key<Integer> WRITES =
      Key.of(
              "delivery",
              Setting.integer(
                      "writes",
                      1,
                      1_000,
                      "Most sinks and replays that are written to at a time; one that has waited a second for its turn goes ahead all the same. Default: all.")
                  .asOptional())
          .variable("WORKERS");
  static final Key<Integer> POISON_ATTEMPTS =
      Key.of(
          "delivery",
          Setting.integer(
                  "poison_attempts",
                  1,
                  100,
                  "How often an event that a sink refuses without naming it is tried before it becomes a dead letter.")
              .orElse("3"));

  static final Key<Duration> TRANSFORM_TIMEOUT =
      Key.of(
          "delivery",
          Setting.duration(
                  "transform_timeout",
                  "How long a tenant's transforms may take for one event, 10ms to 10m. Longer twice, and it becomes a dead letter.")
              .orElse("10s"));

  static final Key<Duration> ORPHAN_GRACE =
      Key.of(
          "delivery",
          Setting.duration(
                  "orphan_grace",
                  "How long what waits for a sink that was removed, or of a tenant that was, is kept; then it counts as dropped.")
              .orElse("7d"));

  static final Key<Duration> DEAD_LETTER_RETENTION =
      Key.of(
          "delivery",
          Setting.duration(
                  "dead_letter_retention",
                  "How long a dead letter waits after its last failure before it is discarded, with a line in the audit log; 0 for ever.")
              .orElse("0"));

  /// Keys in the order of the reference page.
  static final List<Key<?>> ALL =
      List.of(
          DATA,
          MEMORY,
          PLUGINS,
          BIND,
          PORT,
          READY_STRICT,
          STOP_TIMEOUT,
          ADMIN_PORT,
          ADMIN_TOKEN,
          AUDIT_TIME,
          AUDIT_SIZE,
          BODY,
          INFLATED,
          EVENTS,
          EVENT,
          DEPTH,
          SEGMENT,
          RESERVE,
          REPLAY_TIME,
          REPLAY_SIZE,
          RECYCLE,
          BACKLOG,
          BATCH_EVENTS,
          BATCH_BYTES,
          LINGER,
          WRITES,
          POISON_ATTEMPTS,
          TRANSFORM_TIMEOUT,
          ORPHAN_GRACE,
          DEAD_LETTER_RETENTION);

  /// What the sections are about, in the order of the reference page.
  static final Map<String, String> SECTIONS = sections();

  private Keys() {}

  private static Map<String, String> sections() {
    var sections = new LinkedHashMap<String, String>();
    sections.put("", "Top level");
    sections.put("server", "The public listener: ingestion, health, readiness, metrics.");
    sections.put("admin", "The admin listener: SQL, sinks, dead letters.");
    sections.put("limits", "What one request may be. Larger ones are refused whole.");
    sections.put("log", "The ingestion log.");
    sections.put("delivery", "How sinks are fed.");
    return sections;
  }
}
