package io.pulsegate.sinks.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaConfigTest {
  @Test
  void hasADefaultForEverything() {
    KafkaConfig config = KafkaFixture.config(Map.of());

    assertThat(config.address().topic()).hasToString("events");
    assertThat(config.address().key()).hasToString("{partition_key}");
    assertThat(config.deadLetterTopic()).isEmpty();
    assertThat(config.recordTime()).isEqualTo(RecordTime.SENT);
    assertThat(config.clientProperties())
        .containsEntry("bootstrap.servers", "localhost:9092")
        .containsEntry("client.id", "pulsegate")
        .containsEntry("security.protocol", "PLAINTEXT")
        .hasSize(3);
    assertThat(config.producerProperties())
        .containsEntry("acks", "all")
        .containsEntry("compression.type", "lz4")
        .containsEntry("max.in.flight.requests.per.connection", "5")
        .containsEntry("delivery.timeout.ms", "30000")
        .containsEntry("request.timeout.ms", "15000")
        .containsEntry("max.block.ms", "10000")
        .containsEntry("enable.idempotence", "true");
    assertThat(config.idempotent()).isTrue();
    assertThat(config.maxRetries()).isEqualTo(3);
    assertThat(config.connectTimeout()).hasSeconds(10);
    assertThat(config.timeout()).hasSeconds(30);
  }

  @Test
  void readsEveryKey() {
    KafkaConfig config =
        KafkaFixture.config(
            Map.ofEntries(
                Map.entry("bootstrap_servers", "a:1,b:2"),
                Map.entry("topic", "web-{tenant}"),
                Map.entry("key", "{tenant}/{payload.user.id}"),
                Map.entry("dead_letter_topic", "letters"),
                Map.entry("record_time", "occurred"),
                Map.entry("client_id", "me"),
                Map.entry("compression_type", "zstd"),
                Map.entry("acks", "all"),
                Map.entry("max_in_flight", "2"),
                Map.entry("max_retries", "7"),
                Map.entry("connect_timeout", "3s"),
                Map.entry("timeout", "20s"),
                Map.entry("security", "sasl_tls"),
                Map.entry("sasl_mechanism", "scram_sha_512"),
                Map.entry("username", "u\"\\"),
                Map.entry("password", "s3cret"),
                Map.entry("ca_file", "/ca.pem"),
                Map.entry("certificate_file", "/me.pem"),
                Map.entry("properties", "linger.ms=20\nbuffer.memory = 1000000\n")));

    assertThat(KafkaConfig.SPEC.settings()).hasSize(19);
    assertThat(config.address().topic()).hasToString("web-{tenant}");
    assertThat(config.address().key()).hasToString("{tenant}/{payload.user.id}");
    assertThat(config.deadLetterTopic()).contains("letters");
    assertThat(config.recordTime()).isEqualTo(RecordTime.OCCURRED);
    assertThat(config.clientProperties())
        .containsEntry("bootstrap.servers", "a:1,b:2")
        .containsEntry("client.id", "me")
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
        .containsEntry(
            "sasl.jaas.config",
            "org.apache.kafka.common.security.scram.ScramLoginModule required"
                + " username=\"u\\\"\\\\\" password=\"s3cret\";")
        .containsEntry("ssl.truststore.type", "PEM")
        .containsEntry("ssl.truststore.location", "/ca.pem")
        .containsEntry("ssl.keystore.type", "PEM")
        .containsEntry("ssl.keystore.location", "/me.pem");
    assertThat(config.producerProperties())
        .containsEntry("compression.type", "zstd")
        .containsEntry("max.in.flight.requests.per.connection", "2")
        .containsEntry("delivery.timeout.ms", "20000")
        .containsEntry("linger.ms", "20")
        .containsEntry("buffer.memory", "1000000");
    assertThat(config.maxRetries()).isEqualTo(7);
    assertThat(config.toString()).doesNotContain("s3cret");
    assertThat(KafkaConfig.PASSWORD.isSecret()).isTrue();
    assertThat(KafkaConfig.PROPERTIES.isSecret()).isTrue();
  }

  @Test
  void isNotIdempotentWhereASettingForbidsIt() {
    assertThat(KafkaFixture.config(Map.of("acks", "1")).idempotent()).isFalse();
    assertThat(KafkaFixture.config(Map.of("acks", "0")).idempotent()).isFalse();
    assertThat(KafkaFixture.config(Map.of("acks", "-1")).idempotent()).isTrue();
    assertThat(KafkaFixture.config(Map.of("max_in_flight", "6")).idempotent()).isFalse();
    assertThat(KafkaFixture.config(Map.of("max_in_flight", "5")).idempotent()).isTrue();
    assertThat(KafkaFixture.config(Map.of("properties", "enable.idempotence=false")).idempotent())
        .isFalse();
    assertThat(KafkaFixture.config(Map.of("acks", "1")).producerProperties())
        .containsEntry("enable.idempotence", "false")
        .containsEntry("acks", "1");
  }

  @Test
  void namesTheSettingThatIsWrong() {
    assertWrong("topic", "a b");
    assertWrong("topic", "__consumer_offsets");
    assertWrong("topic", "{payload.topic}");
    assertWrong("topic", "{partition_key}");
    assertWrong("topic", "a{");
    assertWrong("key", "{nothing}");
    assertWrong("key", "{payload.}");
    assertWrong("acks", "2");
    assertWrong("timeout", "51s");
    assertWrong("connect_timeout", "10ms");
    assertWrong("properties", "acks=1");
    assertWrong("properties", "no.such.thing=1");
    assertWrong("username", "u");
    assertThatThrownBy(() -> KafkaFixture.config(Map.of("security", "sasl_tls", "username", "u")))
        .hasMessageStartingWith("password ");
  }

  private static void assertWrong(String setting, String value) {
    assertThatThrownBy(() -> KafkaFixture.config(Map.of(setting, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(setting + " ");
  }
}
