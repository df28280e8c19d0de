package io.pulsegate.server.replays;

import io.pulsegate.core.IngestionLog.LogBlock;
import io.pulsegate.json.JsonWriter;
import java.util.Optional;

/// Reads a range on a thread of its own and makes a finding of it; writes nothing. A transform that
/// never comes back holds up this thread alone, which is then left behind.
final class Scan implements Work {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.server");
  private static final long JOIN_MILLIS = 2_000;

  /// What is found out.
  interface Finding {
    void take(LogBlock block, int i);

    void write(JsonWriter json);
  }

  private final Range range;
  private final Finding finding;
  private final Thread thread;
  private volatile long position;
  private volatile boolean stopped;
  private volatile boolean done;
  private volatile Optional<String> failure = Optional.empty();

  Scan(String name, Range range, Finding finding) {
    this.range = range;
    this.finding = finding;
    this.position = range.from();
    this.thread = Thread.ofPlatform().daemon().name("pulsegate-" + name).unstarted(this::run);
  }

  Scan start() {
    thread.start();
    return this;
  }

  private void run() {
    try {
      range.visit(this::take, () -> stopped, offset -> position = offset);
      done = !stopped;
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.ERROR, "a scan of the log ended early", e);
      failure = Optional.of("it ended early: " + e);
    }
  }

  private void take(LogBlock block, int i) {
    synchronized (finding) {
      finding.take(block, i);
    }
  }

  @Override
  public JsonWriter result() {
    var json =
        new JsonWriter(4_096)
            .beginObject()
            .field("from", range.from())
            .field("until", range.until())
            .field("position", position);
    synchronized (finding) {
      finding.write(json);
    }
    return json.endObject();
  }

  @Override
  public int percent() {
    long all = range.until() - range.from();
    return all == 0 || done ? 100 : (int) (100 * (position - range.from()) / all);
  }

  @Override
  public boolean isDone() {
    return done;
  }

  @Override
  public Optional<String> failure() {
    return failure;
  }

  @Override
  public String waitsFor() {
    return "";
  }

  @Override
  public void stop() {
    stopped = true;
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
