package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class ClosingTest {
  @Test
  void closesTheOthersWhereOneFails() {
    Logger quiet = Logger.getLogger(Closing.class.getName());
    quiet.setLevel(Level.OFF);
    var closed = new ArrayList<Integer>();
    List<AutoCloseable> parts =
        List.of(
            () -> closed.add(1),
            () -> {
              throw new IllegalStateException("stuck");
            },
            () -> {
              throw new AssertionError("broken");
            },
            () -> closed.add(2));
    Closing.all(parts);
    assertThat(closed).containsExactly(1, 2);
  }
}
