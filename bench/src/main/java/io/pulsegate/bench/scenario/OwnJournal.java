package io.pulsegate.bench.scenario;

import io.pulsegate.log.Admitted;
import io.pulsegate.log.Append;
import io.pulsegate.log.Refusal;
import io.pulsegate.log.SegmentedLog;
import java.nio.ByteBuffer;

/// Our log under measurement, with the appends of four tenants. Closing it leaves the log open.
final class OwnJournal implements Journal {
  private static final int TENANTS = 4;

  private final SegmentedLog log;
  private final long keepFrom;

  private OwnJournal(SegmentedLog log, long keepFrom) {
    this.log = log;
    this.keepFrom = keepFrom;
  }

  /// Trims as segments fill, as under sinks that keep step.
  static OwnJournal trimming(SegmentedLog log) {
    return new OwnJournal(log, Long.MAX_VALUE);
  }

  /// Keeps everything, for somebody who reads it.
  static OwnJournal keeping(SegmentedLog log) {
    return new OwnJournal(log, 0);
  }

  @Override
  public void append(Flight flight) {
    boolean _ = log.append(new OwnAppend(flight));
  }

  @Override
  public void tidy() {
    log.trim(Math.min(log.end(), keepFrom));
  }

  @Override
  public long commits() {
    return log.stats().commits();
  }

  @Override
  public void close() {
    // The log is its owner's.
  }

  private record OwnAppend(Flight flight) implements Append {
    private static final String[] LANES = new String[TENANTS];

    static {
      for (int i = 0; i < TENANTS; i++) {
        LANES[i] = "tenant" + i + "#1";
      }
    }

    @Override
    public String lane() {
      return LANES[flight.number() % TENANTS];
    }

    @Override
    public ByteBuffer body() {
      return flight.body();
    }

    @Override
    public int count() {
      return flight.events();
    }

    @Override
    public Admitted admit(long firstOffset) {
      return new Admitted(flight.events(), flight.body().remaining());
    }

    @Override
    public void durable(long firstOffset, long receivedMicros) {
      flight.durable();
    }

    @Override
    public void refused(Refusal reason) {
      flight.refused();
    }
  }
}
