package io.pulsegate.sinks.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class S3ConfigTest {
  @Test
  void hasDefaultsForAllButTheBucket() {
    S3Config config = read(Map.of());

    assertThat(config.endpoint()).isEmpty();
    assertThat(config.region()).isEqualTo("us-east-1");
    assertThat(config.credentials()).isEmpty();
    assertThat(config.pathStyle()).isFalse();
    assertThat(config.key().text()).isEqualTo("events/{tenant}/{date}/{time}_{first}-{last}.{ext}");
    assertThat(config.format().extension()).isEqualTo("ndjson");
    assertThat(config.objectBytes()).isEqualTo(64 << 20);
    assertThat(config.objectEvents()).isEqualTo(Integer.MAX_VALUE);
    assertThat(config.objectAge()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.partBytes()).isEqualTo(8 << 20);
  }

  @Test
  void readsEveryKey() {
    S3Config config =
        read(
            Map.ofEntries(
                Map.entry("endpoint", "http://127.0.0.1:9000"),
                Map.entry("region", "eu-central-1"),
                Map.entry("buckets", "acme=acme-data  other=o-1"),
                Map.entry("access_key", "a"),
                Map.entry("secret_key", "s"),
                Map.entry("path_style", "false"),
                Map.entry("key", "{time}{first}"),
                Map.entry("format", "json"),
                Map.entry("compression", "gzip"),
                Map.entry("object_size", "1MiB"),
                Map.entry("object_events", "500"),
                Map.entry("object_age", "0"),
                Map.entry("part_size", "5MiB")));

    assertThat(config.buckets().table())
        .containsExactlyInAnyOrderEntriesOf(Map.of("acme", "acme-data", "other", "o-1"));
    assertThat(config.credentials().orElseThrow().toString()).doesNotContain("s3cret");
    assertThat(config.pathStyle()).isFalse();
    assertThat(config.format().extension()).isEqualTo("json.gz");
    assertThat(config.objectAge()).isZero();
    assertThat(config.partBytes()).isEqualTo(5 << 20);
    assertThat(S3Config.SPEC.settings()).hasSize(14);
  }

  @Test
  void namesTheSettingThatIsWrong() {
    assertThatThrownBy(() -> read(Map.of("endpoint", "x"))).hasMessageStartingWith("endpoint ");
    assertThatThrownBy(() -> read(Map.of("bucket", "X"))).hasMessageStartingWith("bucket ");
    assertThatThrownBy(() -> read(Map.of("bucket", "a-{type}"))).hasMessageStartingWith("bucket ");
    assertThatThrownBy(() -> read(Map.of("buckets", "a=X"))).hasMessageStartingWith("buckets ");
    assertThatThrownBy(() -> read(Map.of("buckets", "acme"))).hasMessageStartingWith("buckets ");
    assertThatThrownBy(() -> read(Map.of("access_key", "a"))).hasMessageStartingWith("access_key ");
    assertThatThrownBy(() -> read(Map.of("key", "x"))).hasMessageStartingWith("key ");
    assertThatThrownBy(() -> read(Map.of("object_age", "2d")))
        .hasMessageStartingWith("object_age ");
    assertThatThrownBy(() -> read(Map.of("part_size", "1MiB")))
        .hasMessageStartingWith("part_size ");
  }

  private static S3Config read(Map<String, String> texts) {
    var all = new HashMap<>(Map.of("bucket", "events"));
    all.putAll(texts);
    return S3Config.SPEC.reader().apply(new Settings(all));
  }
}
