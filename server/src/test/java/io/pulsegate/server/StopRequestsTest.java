package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.server.StopRequests.StopReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopRequestsTest {
  private final List<Integer> halts = new ArrayList<>();
  private final StopRequests requests = new StopRequests(halts::add);

  @Test
  void stopsAtTheFirstSignalAndEndsAtOnceAtTheSecond() throws InterruptedException {
    requests.signal(15);
    assertThat(requests.await()).isEqualTo(new StopReason.Signal(15));
    assertThat(halts).isEmpty();
    requests.signal(2);
    assertThat(halts).containsExactly(130);
  }

  @Test
  void keepsTheFirstReason() throws InterruptedException {
    requests.logFailed("disk gone");
    requests.logFailed("again");
    assertThat(requests.await()).isEqualTo(new StopReason.LogFailed("disk gone"));
    requests.signal(15);
    assertThat(halts).containsExactly(143);
  }
}
