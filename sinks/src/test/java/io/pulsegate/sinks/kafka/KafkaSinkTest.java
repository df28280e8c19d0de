package io.pulsegate.sinks.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.Slice;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Mixed;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import io.pulsegate.testkit.PlainHead;
import io.pulsegate.testkit.Seeds;
import io.pulsegate.testkit.kafka.TestKafka;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/// What is Kafka's own, against a real broker, all events in one topic.
class KafkaSinkTest {
  private static final CursorKey KEY = new CursorKey("log-1", "kafka", 0);
  private static int tests;

  private final TestKafka kafka = TestKafka.shared();
  private final String topic = "sink-" + ++tests;

  private KafkaSink sink(Map<String, String> settings) {
    return KafkaFixture.sink(kafka.servers(), settings);
  }

  private static Batch batch(long from, Events.Frame... frames) {
    return Batches.of(KEY, CursorRecord.startingAt(from), frames);
  }

  @Test
  void putsTheEnvelopeIntoHeadersAndThePayloadIntoTheValue() throws Exception {
    kafka.createTopic(topic, 1, Map.of("retention.ms", "-1"));
    byte[] trace = "4bf92f3577b34da6".getBytes(StandardCharsets.UTF_8);
    byte[] key = "user-1".getBytes(StandardCharsets.UTF_8);
    Events events =
        Events.of("shop")
            .add(
                "e-1",
                "buy",
                "{ \"x\": 1.50 }",
                0,
                draft -> {
                  draft.traceId(trace, 0, trace.length);
                  draft.partitionKey(key, 0, key.length);
                })
            .add("e-2", "look", "{}");

    try (KafkaSink sink = sink(Map.of("topic", topic, "record_time", "received"))) {
      assertThat(sink.write(batch(0, events.frame()))).isEqualTo(new Delivered());
    }

    List<ConsumerRecord<byte[], byte[]>> records = kafka.records(List.of(topic));
    ConsumerRecord<byte[], byte[]> first = records.getFirst();
    assertThat(new String(first.value(), StandardCharsets.UTF_8)).isEqualTo("{ \"x\": 1.50 }");
    assertThat(new String(first.key(), StandardCharsets.UTF_8)).isEqualTo("user-1");
    assertThat(first.timestamp()).isEqualTo(Events.RECEIVED.toEpochMilli());
    assertThat(KafkaFixture.header(first, "received_at")).hasValue("2026-03-10T12:00:00.000000Z");
    assertThat(KafkaFixture.header(first, "event_id")).hasValue("e-1");
    assertThat(KafkaFixture.header(first, "event_type")).hasValue("buy");
    assertThat(KafkaFixture.header(first, "tenant_id")).hasValue("shop");
    assertThat(KafkaFixture.header(first, "trace_id")).hasValue("4bf92f3577b34da6");
    assertThat(KafkaFixture.header(first, "occurred_at")).hasValue("2026-03-10T12:00:00.000000Z");
    assertThat(records.getLast().key()).isNull();
    assertThat(KafkaFixture.header(records.getLast(), "trace_id")).isEmpty();
  }

  /// A broker reckons retention by the time in the record: what has waited for longer than that, or
  /// is replayed, would be deleted as soon as it is there.
  @Test
  void deliversWhatWasReceivedLongAgoAsNewRecords() throws Exception {
    String old = topic + "-old";
    kafka.createTopics(List.of(topic, old), 1, Map.of("retention.ms", "3600000"));

    try (KafkaSink sink = sink(Map.of("topic", topic));
        KafkaSink control = sink(Map.of("topic", old, "record_time", "received"))) {
      assertThat(sink.write(batch(0, Events.numbered("a", "e", 3)))).isEqualTo(new Delivered());
      // The second time the broker has looked at every topic since.
      for (int i = 0; i < 2; i++) {
        assertThat(control.write(batch(0, Events.numbered("a", "e", 3))))
            .isEqualTo(new Delivered());
        TestKafka.awaitThat(() -> kafka.records(List.of(old)).isEmpty());
      }
    }

    assertThat(kafka.records(List.of(topic))).hasSize(3);
  }

  /// The broker's own choice is the reference.
  @Test
  void knowsThePartitionOfAKeyOnceItHasAskedForTheTopic() throws Exception {
    TenantId tenant = new TenantId("shop");
    kafka.createTopic(topic + "-shop", 7, Map.of());
    Events events = Events.of("shop");
    for (int i = 0; i < 100; i++) {
      byte[] key = key(i);
      events.add("e-" + i, "t", "{}", 0, draft -> draft.partitionKey(key, 0, key.length));
    }

    try (KafkaSink sink = sink(Map.of("topic", topic + "-{tenant}"))) {
      assertThat(sink.partitionOf(tenant, key(0))).isEmpty();
      assertThat(sink.write(batch(0, events.frame()))).isEqualTo(new Delivered());

      assertThat(sink.partitionOf(new TenantId("other"), key(0))).isEmpty();
      assertThat(kafka.records(List.of(topic + "-shop")))
          .hasSize(100)
          .allSatisfy(record ->
              assertThat(sink.partitionOf(tenant, record.key())).hasValue(record.partition()))
          .extracting(ConsumerRecord::partition)
          .contains(0, 1, 2, 3, 4, 5, 6);
    }
  }

  @Test
  void knowsNoPartitionWhereItDoesNotFollowFromThePartitionKey() throws Exception {
    kafka.createTopic(topic, 7, Map.of());
    List<Map<String, String>> others =
        List.of(
            Map.of("key", "{event_id}"),
            Map.of("key", "{tenant}-{partition_key}"),
            Map.of("properties", "partitioner.ignore.keys=true"),
            Map.of(
                "properties",
                "partitioner.class=org.apache.kafka.clients.producer.RoundRobinPartitioner"));
    for (Map<String, String> other : others) {
      var settings = new HashMap<>(other);
      settings.put("topic", topic);
      try (KafkaSink sink = sink(settings)) {
        assertThat(sink.write(batch(0, Events.numbered("a", "e", 3)))).isEqualTo(new Delivered());
        assertThat(sink.partitionOf(new TenantId("a"), key(0))).isEmpty();
      }
    }
  }

  private static byte[] key(int i) {
    return ("learner_" + i).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void sendsAgainWhatWasDeliveredAndComesAgain() throws Exception {
    kafka.createTopic(topic, 1, Map.of());
    Batch batch = batch(0, Events.numbered("a", "e", 3));

    try (KafkaSink sink = sink(Map.of("topic", topic))) {
      for (int i = 0; i < 3; i++) {
        assertThat(sink.write(batch)).isEqualTo(new Delivered());
      }
    }

    assertThat(kafka.records(List.of(topic))).hasSize(9);
  }

  @Test
  void pausesForAPersonWhereTheTopicIsMissingAndGoesOnWhenItIsMade() throws Exception {
    try (KafkaSink sink = sink(Map.of("topic", topic))) {
      Batch batch = batch(0, Events.numbered("a", "e", 3));

      assertThat(sink.write(batch))
          .isInstanceOfSatisfying(
              Unavailable.class,
              missing -> {
                assertThat(missing.cause()).isEqualTo(Cause.MISCONFIGURED);
                assertThat(missing.reason()).contains(topic).contains("does not exist");
              });
      kafka.createTopic(topic, 1, Map.of());
      assertThat(sink.write(batch)).isEqualTo(new Delivered());
    }

    assertThat(kafka.records(List.of(topic))).hasSize(3);
  }

  @Test
  void pausesForAPersonWhereThePasswordIsWrong() throws Exception {
    kafka.createTopic(topic, 1, Map.of());
    Batch batch = batch(0, Events.numbered("a", "e", 3));
    Map<String, String> settings =
        Map.of("topic", topic, "security", "sasl_plaintext", "username", "pulse");

    assertThat(writeBySasl(settings, "wrong", batch))
        .isInstanceOfSatisfying(
            Unavailable.class,
            refused -> {
              assertThat(refused.cause()).isEqualTo(Cause.MISCONFIGURED);
              assertThat(refused.reason()).doesNotContain("wrong");
            });
    assertThat(writeBySasl(settings, "secret", batch)).isEqualTo(new Delivered());
  }

  private WriteResult writeBySasl(Map<String, String> settings, String password, Batch batch)
      throws InterruptedException {
    var all = new java.util.HashMap<>(settings);
    all.put("password", password);
    try (KafkaSink sink = KafkaFixture.sink(kafka.saslServers(), all)) {
      return sink.write(batch);
    }
  }

  /// The broker's certificate is its own authority's: without it nothing of ours is sent.
  @Test
  void sendsOverTlsToABrokerWhoseAuthorityItIsTold() throws Exception {
    kafka.createTopic(topic, 1, Map.of());
    Batch batch = batch(0, Events.numbered("a", "e", 3));
    var settings =
        new java.util.HashMap<>(
            Map.of(
                "topic", topic, "security", "sasl_tls", "username", "pulse", "password", "secret"));

    try (KafkaSink sink = KafkaFixture.sink(kafka.tlsServers(), settings)) {
      assertThat(sink.write(batch))
          .isInstanceOfSatisfying(
              Unavailable.class,
              untrusted -> assertThat(untrusted.cause()).isEqualTo(Cause.MISCONFIGURED));
    }
    settings.put("ca_file", kafka.certificate().toString());
    try (KafkaSink sink = KafkaFixture.sink(kafka.tlsServers(), settings)) {
      assertThat(sink.write(batch)).isEqualTo(new Delivered());
    }

    assertThat(kafka.records(List.of(topic))).hasSize(3);
  }

  @Test
  void sendsNothingTwiceThatStandsBehindARejectedRecord() throws Exception {
    kafka.createTopic(topic, 1, Map.of("max.message.bytes", "100000"));
    byte[] noise = new byte[200_000];
    Seeds.random(1).nextBytes(noise);
    Events events = Events.of("a").add("e-0", "t", "{}");
    events.add("bad", "t", "{\"v\":\"" + HexFormat.of().formatHex(noise) + "\"}");
    IntStream.range(1, 500).forEach(i -> events.add("e-" + i, "t", "{}"));

    try (KafkaSink sink = sink(Map.of("topic", topic, "key", "{tenant}"))) {
      var head = new PlainHead(KEY, sink);
      assertThat(head.settle(batch(0, events.frame()))).isEmpty();
      assertThat(head.dead())
          .singleElement()
          .satisfies(dead -> {
            assertThat(dead.offset()).isEqualTo(1);
            assertThat(dead.code()).isEqualTo("MESSAGE_TOO_LARGE");
          });
    }

    assertThat(kafka.records(List.of(topic)))
        .extracting(record -> KafkaFixture.header(record, "event_id").orElseThrow())
        .containsExactlyElementsOf(IntStream.range(0, 500).mapToObj(i -> "e-" + i).toList());
  }

  @Test
  void rejectsWhatACompactedTopicRefusesAndDeliversItsNeighbours() throws Exception {
    kafka.createTopic(topic, 1, Map.of("cleanup.policy", "compact"));
    Events events = Events.of("a");
    for (int i = 0; i < 300; i++) {
      byte[] key = ("k" + i).getBytes(StandardCharsets.UTF_8);
      int length = i % 50 == 7 ? 0 : key.length;
      events.add("e-" + i, "t", "{}", 0, draft -> draft.partitionKey(key, 0, length));
    }

    try (KafkaSink sink = sink(Map.of("topic", topic))) {
      var head = new PlainHead(KEY, sink);
      assertThat(head.settle(batch(0, events.frame()))).isEmpty();
      assertThat(head.dead())
          .extracting(dead -> dead.offset())
          .containsExactlyInAnyOrder(7L, 57L, 107L, 157L, 207L, 257L);
    }

    assertThat(kafka.records(List.of(topic)))
        .extracting(record -> KafkaFixture.header(record, "event_id").orElseThrow())
        .containsExactlyElementsOf(
            IntStream.range(0, 300).filter(i -> i % 50 != 7).mapToObj(i -> "e-" + i).toList());
  }

  @Test
  void rejectsAnEventWhoseTypeMakesNoTopic() throws Exception {
    kafka.createTopic(topic + "-t", 1, Map.of());
    Events events = Events.of("a").add("e-0", "t", "{}").add("bad", "no/topic", "{}");

    try (KafkaSink sink = sink(Map.of("topic", topic + "-{event_type}"))) {
      WriteResult result = sink.write(batch(0, events.frame()));
      assertThat(result)
          .isInstanceOfSatisfying(
              Mixed.class,
              mixed -> {
                assertThat(mixed.slices().getFirst().deliveredEnd()).isEqualTo(1);
                assertThat(mixed.slices().getFirst().rejections())
                    .singleElement()
                    .satisfies(dead -> assertThat(dead.code()).isEqualTo("INVALID_TOPIC"));
              });
    }
  }

  @Test
  void holdsUpOnlyTheTenantWhoseTopicIsMissing() throws Exception {
    kafka.createTopic(topic + "-there", 1, Map.of());

    try (KafkaSink sink = sink(Map.of("topic", topic + "-{tenant}"))) {
      var head = new PlainHead(KEY, sink);
      assertThat(
              head.settle(
                  batch(0, Events.numbered("away", "e", 3), Events.numbered("there", "f", 3))))
          .isEmpty();
      assertThat(head.dead()).isEmpty();
      assertThat(head.fallen().keySet())
          .singleElement()
          .satisfies(lane -> assertThat(lane.tenant().value()).isEqualTo("away"));
    }

    assertThat(kafka.records(List.of(topic + "-there"))).hasSize(3);
  }

  @Test
  void sendsNothingOfATenantBehindAnEventThatItsTopicRefuses() throws Exception {
    kafka.createTopic(topic + "-there", 1, Map.of());
    Events events =
        Events.of("a").add("e-0", "there", "{}").add("e-1", "away", "{}").add("e-2", "there", "{}");

    try (KafkaSink sink = sink(Map.of("topic", topic + "-{event_type}"))) {
      var head = new PlainHead(KEY, sink);
      assertThat(head.settle(batch(0, events.frame(), Events.numbered("b", "f", 1)))).isEmpty();
      assertThat(head.fallen().values()).extracting(Slice::firstOffset).containsExactly(1L, 3L);
      assertThat(ids(topic + "-there")).containsExactly("e-0");

      kafka.createTopics(List.of(topic + "-away", topic + "-numbered"), 1, Map.of());
      assertThat(head.settle(List.copyOf(head.fallen().values()))).isEmpty();
    }

    assertThat(ids(topic + "-there")).containsExactly("e-0", "e-2");
    assertThat(ids(topic + "-away")).containsExactly("e-1");
  }

  private List<String> ids(String from) {
    return kafka.records(List.of(from)).stream()
        .map(record -> KafkaFixture.header(record, "event_id").orElseThrow())
        .toList();
  }
}
