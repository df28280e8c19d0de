package io.pulsegate.bench.scenario;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/// One append that is made again and again: as soon as it is durable it takes off once more.
public final class Flight {
  private final int number;
  private final int events;
  private final ByteBuffer body;
  private final ClosedLoop loop;
  private long begunNanos;

  /// @param number from 0 on
  /// @param events that the body stands for
  Flight(int number, int events, int bodyBytes, ClosedLoop loop) {
    byte[] bytes = new byte[bodyBytes];
    new SplittableRandom(number).nextBytes(bytes);
    this.number = number;
    this.events = events;
    this.body = ByteBuffer.wrap(bytes);
    this.loop = loop;
  }

  /// Which of those in flight it is, from 0 on.
  public int number() {
    return number;
  }

  /// Events that the body stands for.
  public int events() {
    return events;
  }

  /// Bytes to write, in an array of their own; nobody moves its position.
  public ByteBuffer body() {
    return body;
  }

  /// The body is durable.
  public void durable() {
    loop.durable(this, System.nanoTime() - begunNanos);
  }

  /// The body was not taken.
  public void refused() {
    loop.refused();
  }

  void takeOff(Journal journal) {
    begunNanos = System.nanoTime();
    journal.append(this);
  }
}
