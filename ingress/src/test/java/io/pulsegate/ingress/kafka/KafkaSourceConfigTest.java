package io.pulsegate.ingress.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.Settings;
import io.pulsegate.api.TenantId;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class KafkaSourceConfigTest {
  private static KafkaSourceConfig read(Map<String, String> texts) {
    var all = new HashMap<>(Map.of("tenant", "shop"));
    all.putAll(texts);
    return KafkaSourceConfig.SPEC.reader().apply(new Settings(all));
  }

  @Test
  void hasADefaultForEverythingButTenantAndTopics() {
    KafkaSourceConfig config = read(Map.of("topics", "clicks"));

    assertThat(config.topics()).containsExactly("clicks");
    assertThat(config.pattern()).isEmpty();
    assertThat(config.tenant()).isEqualTo(new TenantId("shop"));
    assertThat(config.dialect()).isEqualTo("native");
    assertThat(config.properties())
        .containsEntry("bootstrap.servers", "localhost:9092")
        .containsEntry("group.id", "pulsegate")
        .containsEntry("auto.offset.reset", "earliest")
        .containsEntry("max.poll.records", "500")
        .containsEntry("enable.auto.commit", "false")
        .containsEntry("isolation.level", "read_committed");
  }

  @Test
  void readsEveryKey() {
    KafkaSourceConfig config =
        read(
            Map.of(
                "bootstrap_servers", "a:1,b:2",
                "pattern", "web-.*",
                "dialect", "kaasino",
                "group", "g",
                "start", "latest",
                "max_records", "7",
                "properties", "isolation.level=read_uncommitted\nfetch.min.bytes=10"));

    assertThat(config.pattern().map(Pattern::pattern)).hasValue("web-.*");
    assertThat(config.dialect()).isEqualTo("kaasino");
    assertThat(config.properties())
        .containsEntry("group.id", "g")
        .containsEntry("auto.offset.reset", "latest")
        .containsEntry("max.poll.records", "7")
        .containsEntry("isolation.level", "read_uncommitted")
        .containsEntry("fetch.min.bytes", "10");
    assertThat(config).hasToString("kafka web-.*");
  }

  @Test
  void namesTheSettingThatIsWrong() {
    assertThatThrownBy(() -> read(Map.of())).hasMessageContaining("topics and pattern");
    assertThatThrownBy(() -> read(Map.of("topics", "a", "pattern", "b")))
        .hasMessageContaining("topics and pattern");
    assertThatThrownBy(() -> read(Map.of("pattern", "("))).hasMessageStartingWith("pattern ");
    assertThatThrownBy(() -> read(Map.of("topics", "a", "properties", "group.id=x")))
        .hasMessageContaining("group.id");
    assertThatThrownBy(() -> read(Map.of("topics", "a", "properties", "no.such=x")))
        .hasMessageContaining("no.such");
  }

  @Test
  void keepsAnOriginWithinAnIdempotencyKey() {
    var here = new ConsumerRecord<byte[], byte[]>("clicks", 3, 42, new byte[0], new byte[0]);
    var far =
        new ConsumerRecord<byte[], byte[]>(
            "x".repeat(249), Integer.MAX_VALUE, Long.MAX_VALUE, new byte[0], new byte[0]);

    assertThat(Origin.of("web", here)).isEqualTo("kafka/web/clicks/3/42");
    assertThat(Origin.of("s".repeat(32), far)).hasSizeLessThan(240);
  }
}
