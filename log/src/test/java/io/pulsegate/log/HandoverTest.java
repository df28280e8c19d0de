package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HandoverTest {
  private static final int PRODUCERS = 4;
  private static final int EACH = 4000;

  @Test
  void everythingPushedIsTakenOnceAndInTheOrderOfEachProducer() {
    for (int round = 0; round < 5; round++) {
      var handover = new Handover();
      var pushed = new AtomicInteger();
      int closeAfter = round % 2 == 0 ? Integer.MAX_VALUE : EACH;
      var producers = new ArrayList<CompletableFuture<Integer>>();
      for (int p = 0; p < PRODUCERS; p++) {
        producers.add(produce(handover, p, pushed, closeAfter));
      }
      var consumer =
          CompletableFuture.supplyAsync(() -> consume(handover), Thread::startVirtualThread);
      int accepted = producers.stream().mapToInt(CompletableFuture::join).sum();
      handover.close();
      List<PendingAppend> taken = consumer.join();
      assertThat(taken).hasSize(accepted).doesNotHaveDuplicates();
      Map<String, Integer> last = new HashMap<>();
      for (PendingAppend append : taken) {
        assertThat(last.getOrDefault(append.lane, -1)).isLessThan(append.bodyBytes);
        last.put(append.lane, append.bodyBytes);
      }
      assertThat(handover.takeAll()).isNull();
    }
  }

  private static CompletableFuture<Integer> produce(
      Handover handover, int producer, AtomicInteger pushed, int closeAfter) {
    var accepted = new CompletableFuture<Integer>();
    TestAppend append = TestAppend.of("producer" + producer, "");
    Thread.ofPlatform()
        .start(() -> {
          int count = 0;
          for (int i = 0; i < EACH; i++) {
            if (handover.push(new PendingAppend(append, append.lane(), i, 0, 1))) {
              count++;
            }
            if (pushed.incrementAndGet() == closeAfter) {
              handover.close();
            }
          }
          accepted.complete(count);
        });
    return accepted;
  }

  private static List<PendingAppend> consume(Handover handover) {
    var taken = new ArrayList<PendingAppend>();
    while (true) {
      boolean closed = handover.isClosed();
      PendingAppend first = handover.takeAll();
      if (first == null && closed) {
        return taken;
      }
      if (first == null) {
        handover.await();
      }
      for (PendingAppend p = first; p != null; p = p.next) {
        taken.add(p);
      }
    }
  }
}
