package io.pulsegate.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;

/// An append whose outcome can be waited for.
public final class TestAppend implements Append {
  /// How it ended: stored from that offset on (-1: nothing was stored), or refused.
  public sealed interface Outcome {
    record Durable(long firstOffset, long receivedMicros) implements Outcome {}

    record Refused(Refusal reason) implements Outcome {}
  }

  private final String lane;
  private final byte[] body;
  private final int count;
  private final LongFunction<Admitted> admit;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  public TestAppend(String lane, byte[] body, int count) {
    this(lane, body, count, _ -> new Admitted(count, body.length));
  }

  public TestAppend(String lane, byte[] body, int count, LongFunction<Admitted> admit) {
    this.lane = lane;
    this.body = body;
    this.count = count;
    this.admit = admit;
  }

  public static TestAppend of(String lane, String text) {
    return new TestAppend(lane, text.getBytes(StandardCharsets.UTF_8), 1);
  }

  public boolean isDone() {
    return outcome.isDone();
  }

  public CompletableFuture<Outcome> outcome() {
    return outcome;
  }

  /// Waits for the end of it.
  public Outcome await() {
    try {
      return outcome.get(20, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("append did not end", e);
    }
  }

  /// Waits, and returns the offset of its first entry.
  public long awaitOffset() {
    return switch (await()) {
      case Outcome.Durable(long firstOffset, long _) -> firstOffset;
      case Outcome.Refused(Refusal reason) -> throw new AssertionError("refused: " + reason);
    };
  }

  @Override
  public String lane() {
    return lane;
  }

  @Override
  public ByteBuffer body() {
    return ByteBuffer.wrap(body);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public Admitted admit(long firstOffset) {
    return admit.apply(firstOffset);
  }

  @Override
  public void durable(long firstOffset, long receivedMicros) {
    outcome.complete(new Outcome.Durable(firstOffset, receivedMicros));
  }

  @Override
  public void refused(Refusal reason) {
    outcome.complete(new Outcome.Refused(reason));
  }
}
