package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.core.SinkStatus;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StopMessageTest {
  private static SinkStatus sink(String name, SinkStatus.State state, String reason, long lag) {
    return new SinkStatus(
        name, state, reason, 7, lag, lag, 0, List.of(), 0, 0, 0, 0, 0, Optional.empty());
  }

  @Test
  void namesTheSinksThatEventsWaitFor() {
    assertThat(ServeCommand.left(true, List.of())).isEqualTo("All that was accepted is delivered.");
    assertThat(
            ServeCommand.left(
                true,
                List.of(
                    sink("pg", SinkStatus.State.BACKING_OFF, "connection refused", 1_234),
                    sink("duck", SinkStatus.State.RUNNING, "", 5))))
        .isEqualTo(
            "These wait in the log and come after the next start: sink pg, 1,234 events (backing off: connection refused); sink duck, 5 events.");
  }
}
