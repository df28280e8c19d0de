package io.pulsegate.sinks.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import io.pulsegate.testkit.Seeds;
import io.pulsegate.testkit.kafka.TestKafka;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// How fast the sink is beside Kafka's producer doing what `kafka-producer-perf-test` does: the
/// same values, the same settings, no headers, no keys, nothing waited for but the end. In turns,
/// as the machine's speed changes; `-Dkafka.speed=true` runs it.
@EnabledIfSystemProperty(named = "kafka.speed", matches = "true")
class KafkaSpeedTest {
  private static final int BATCH = 20_000;
  private static final int WRITES = 10;
  private static final int ROUNDS = 5;

  @Test
  void printsEventsPerSecondOfSinkAndBareProducer() throws Exception {
    TestKafka kafka = TestKafka.shared();
    kafka.createTopic("speed", 3, Map.of());
    List<String> payloads = payloads();
    try (KafkaSink sink =
            KafkaFixture.sink(kafka.servers(), Map.of("topic", "speed", "timeout", "50s"));
        var producer = bare(kafka)) {
      List<Double> ratios = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        double ours = sink(sink, payloads, round);
        double theirs = bare(producer, payloads);
        ratios.add(ours / theirs);
        System.out.printf(
            "sink %,.0f events/s, bare producer %,.0f events/s, ratio %.2f%n",
            ours, theirs, ours / theirs);
      }
      assertThat(ratios).hasSize(ROUNDS);
    }
  }

  private static List<String> payloads() {
    byte[] noise = new byte[40];
    var random = Seeds.random(1);
    List<String> payloads = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      random.nextBytes(noise);
      payloads.add(
          "{\"event_type\":\"page_view\",\"occurred_at\":\"2026-03-10T12:00:00Z\",\"user_id\":\"u-%d\",\"properties\":{\"page\":\"/products/%d\",\"plan\":\"pro\",\"amount\":%d.50,\"note\":\"%s\"}}"
              .formatted(i % 1_000, i % 97, i, HexFormat.of().formatHex(noise)));
    }
    return payloads;
  }

  private static double sink(KafkaSink sink, List<String> payloads, int round) throws Exception {
    List<Batch> batches = new ArrayList<>();
    for (int i = 0; i < WRITES; i++) {
      Events events = Events.of("shop");
      for (int j = 0; j < BATCH; j++) {
        events.add("0190f5b2-%08x".formatted(j), "page_view", payloads.get(j));
      }
      long from = (long) (round * WRITES + i) * BATCH;
      batches.add(
          Batches.of(new CursorKey("l", "s", 0), CursorRecord.startingAt(from), events.frame()));
    }
    long begun = System.nanoTime();
    for (Batch batch : batches) {
      assertThat(sink.write(batch)).isEqualTo(new Delivered());
    }
    return perSecond(begun);
  }

  private static KafkaProducer<byte[], byte[]> bare(TestKafka kafka) {
    KafkaConfig config = KafkaFixture.config(Map.of("bootstrap_servers", kafka.servers()));
    var properties = new HashMap<String, Object>(config.clientProperties());
    properties.putAll(config.producerProperties());
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static double bare(KafkaProducer<byte[], byte[]> producer, List<String> payloads) {
    List<byte[]> values =
        payloads.stream().map(each -> each.getBytes(StandardCharsets.UTF_8)).toList();
    long begun = System.nanoTime();
    for (int i = 0; i < WRITES; i++) {
      for (byte[] value : values) {
        var _ = producer.send(new ProducerRecord<>("speed", value), (_, _) -> {});
      }
    }
    producer.flush();
    return perSecond(begun);
  }

  private static double perSecond(long begunNanos) {
    return WRITES * BATCH / ((System.nanoTime() - begunNanos) / 1e9);
  }
}
