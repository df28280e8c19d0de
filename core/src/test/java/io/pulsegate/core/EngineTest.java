package io.pulsegate.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.Sink;
import io.pulsegate.log.LogException;
import io.pulsegate.log.SimulatedDisk;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EngineTest {
  @Test
  void aStartThatFailsClosesTheSinksItWasGiven() {
    var sinks = Map.<String, Sink>of("one", new FakePlainSink(), "two", new FakePlainSink());
    var logDisk = new SimulatedDisk();
    logDisk.failCall(1);
    assertThatThrownBy(() ->
            new Rig(
                logDisk, new SimulatedDisk(), new MemoryDeadLetters(), sinks, Rig.FAST, 1 << 20, 1))
        .isInstanceOf(LogException.class);
    assertThat(sinks.values()).allMatch(sink -> ((FakePlainSink) sink).isClosed());
  }
}
