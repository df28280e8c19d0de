package io.pulsegate.server;

import io.pulsegate.api.Event;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.LaneKey;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.log.Frame;
import io.pulsegate.log.LogReader;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `pulsegate log dump DIR`: every event that can be read, a line of JSON each.
@Command(
    name = "dump",
    description =
        "Print the events that can be read, one JSON object a line. Payloads are printed as they are.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:everything asked for was printed", "1:it cannot be read", "2:wrong usage"})
final class LogDumpCommand implements Callable<Integer> {
  private static final int POLL_BYTES = 1 << 20;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before call
  private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "A data folder.")
  private Path data = Path.of("");

  @Option(
      names = "--from",
      paramLabel = "OFFSET",
      description = "First offset. Default: the start.")
  private long from;

  @Option(
      names = "--until",
      paramLabel = "OFFSET",
      description = "Offset to stop before. Default: the end.")
  private long until = Long.MAX_VALUE;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only what was received at or after that time, such as 2026-11-20T23:00:00Z.")
  private Optional<Instant> since = Optional.empty();

  @Option(
      names = "--lane",
      paramLabel = "LANE",
      description = "One lane alone, such as demo#1: tenant and incarnation.")
  private Optional<String> lane = Optional.empty();

  @Override
  public Integer call() throws StartException {
    PrintWriter out = spec.commandLine().getOut();
    return LogTools.look(
        data,
        log -> {
          if (since.isPresent()) {
            from = Math.max(from, log.offsetAt(since.get()).orElse(Long.MAX_VALUE));
          }
          try (LogReader reader = log.reader(from, lane, until)) {
            for (List<Frame> frames = reader.poll(POLL_BYTES);
                !frames.isEmpty() && !out.checkError();
                frames = reader.poll(POLL_BYTES)) {
              frames.forEach(frame -> print(frame, out));
            }
          }
          out.flush();
          return 0;
        });
  }

  private void print(Frame frame, PrintWriter out) {
    ByteBuffer body = frame.body();
    int at = body.arrayOffset() + body.position();
    var block = new EventBlock(body.array(), at, at + body.remaining());
    LaneKey key = LaneKey.parse(frame.lane());
    for (int i = 0; i < block.count(); i++) {
      long offset = frame.firstOffset() + i;
      if (offset >= from && offset < until && block.isLive(i)) {
        print(offset, Event.of(block, i, key.tenant(), frame.receivedMicros()), out);
      }
    }
  }

  private static void print(long offset, Event event, PrintWriter out) {
    var json = new JsonWriter();
    json.beginObject()
        .field("offset", offset)
        .field("tenant_id", event.tenantId().value())
        .field("event_id", event.eventId())
        .field("event_type", event.eventType())
        .field("occurred_at", event.occurredAt().toString())
        .field("received_at", event.receivedAt().toString());
    json.name("payload").raw(event.payload().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    out.println(json.endObject());
  }
}
