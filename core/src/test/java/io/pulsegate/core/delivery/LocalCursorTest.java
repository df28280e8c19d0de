package io.pulsegate.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.CursorRecord;
import io.pulsegate.log.CursorFile;
import io.pulsegate.log.SimulatedDisk;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LocalCursorTest {
  private final SimulatedDisk disk = new SimulatedDisk();

  @Test
  void countsForItsOwnLogAlone() {
    var state =
        new LocalCursor.State(
            CursorRecord.startingAt(7).withFence(3), OptionalLong.of(9), OptionalLong.of(4));
    try (LocalCursor cursor = of("log-a")) {
      cursor.save(state);
    }
    try (LocalCursor cursor = of("log-b")) {
      assertThat(cursor.load()).isEmpty();
    }
    try (LocalCursor cursor = of("log-a")) {
      assertThat(cursor.load()).contains(state);
    }
  }

  private LocalCursor of(String logId) {
    return new LocalCursor(new CursorFile(disk, "sink.db"), logId);
  }
}
