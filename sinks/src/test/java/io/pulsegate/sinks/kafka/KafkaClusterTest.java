package io.pulsegate.sinks.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import io.pulsegate.testkit.PlainHead;
import io.pulsegate.testkit.kafka.TestKafka;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Three brokers of which one is killed and comes back under load, then all.
class KafkaClusterTest {
  private static final CursorKey KEY = new CursorKey("log-1", "cluster", 0);
  private static final int KEYS = 20;
  private static final int EVENTS = 2_000;

  private int written;
  private int outages;

  @Test
  @Timeout(300)
  void losesAndReordersNothingWhenBrokersAreKilledAndComeBack() throws Exception {
    try (TestKafka kafka = TestKafka.start(3)) {
      kafka.createTopic("cluster", 6, Map.of());
      try (KafkaSink sink = KafkaFixture.sink(kafka.servers(), Map.of("topic", "cluster"))) {
        write(sink, 2);
        during(() -> kafka.kill(1), () -> write(sink, 4));
        during(() -> kafka.restart(1), () -> write(sink, 4));
        kafka.awaitReady();
        IntStream.range(0, 3).forEach(kafka::kill);
        assertThat(new PlainHead(KEY, sink).settle(next()))
            .hasValueSatisfying(down -> assertThat(down.cause()).isEqualTo(Cause.OUTAGE));
        IntStream.range(0, 3).forEach(kafka::restart);
        write(sink, 2);
      }
      assertInOrder(kafka.records(List.of("cluster")));
    }
  }

  /// What is done while writes go on.
  @FunctionalInterface
  private interface Load {
    void run() throws InterruptedException;
  }

  private static void during(Runnable trouble, Load load) throws InterruptedException {
    Thread beside = Thread.ofPlatform().start(trouble);
    load.run();
    beside.join();
  }

  private void write(KafkaSink sink, int batches) throws InterruptedException {
    for (int i = 0; i < batches; i++) {
      var head = new PlainHead(KEY, sink);
      Batch batch = next();
      for (Optional<Unavailable> down = head.settle(batch);
          down.isPresent();
          down = head.settle(batch)) {
        assertThat(down.get().cause()).as(down.get().reason()).isEqualTo(Cause.OUTAGE);
        outages++;
      }
      assertThat(head.dead()).isEmpty();
      written += EVENTS;
    }
  }

  /// The batch behind what is written.
  private Batch next() {
    Events events = Events.of("a");
    for (int i = written; i < written + EVENTS; i++) {
      byte[] key = ("key-" + i % KEYS).getBytes(StandardCharsets.UTF_8);
      events.add("e-" + i, "t", "{}", 0, draft -> draft.partitionKey(key, 0, key.length));
    }
    return Batches.of(KEY, CursorRecord.startingAt(written), events.frame());
  }

  private void assertInOrder(List<ConsumerRecord<byte[], byte[]>> records) {
    Map<Integer, Set<Integer>> firsts = new LinkedHashMap<>();
    for (var record : records) {
      int number =
          Integer.parseInt(KafkaFixture.header(record, "event_id").orElseThrow().substring(2));
      firsts.computeIfAbsent(number % KEYS, _ -> new LinkedHashSet<>()).add(number);
    }
    System.out.printf(
        "%d events, %d records, %d outages reported%n", written, records.size(), outages);
    assertThat(firsts).hasSize(KEYS);
    firsts.forEach((key, numbers) ->
        assertThat(numbers)
            .containsExactlyElementsOf(
                IntStream.range(0, written).filter(i -> i % KEYS == key).boxed().toList()));
  }
}
