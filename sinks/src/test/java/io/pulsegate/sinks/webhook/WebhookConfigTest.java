package io.pulsegate.sinks.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhookConfigTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @Test
  void hasDefaultsForAllButAddressAndSecret() {
    WebhookConfig config = read(Map.of());

    assertThat(config.batchEventsMax()).isEqualTo(100);
    assertThat(config.batchBytesMax()).isEqualTo(1 << 20);
    assertThat(config.isArray()).isTrue();
    assertThat(config.inFlight()).isEqualTo(8);
    assertThat(config.ordered()).isTrue();
    assertThat(config.limits().connect()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.limits().reply()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.limits().whole()).isEqualTo(Duration.ofSeconds(20));
    assertThat(config.privateAllowed()).isFalse();
    assertThat(config.pauseAfter()).isEqualTo(Duration.ofDays(2));
    assertThat(config.authorization()).isEmpty();
  }

  @Test
  void readsEveryKey() {
    WebhookConfig config =
        read(
            Map.ofEntries(
                Map.entry("url", "http://127.0.0.1:99/x"),
                Map.entry("body", "single"),
                Map.entry("batch_events", "7"),
                Map.entry("batch_bytes", "9k"),
                Map.entry("in_flight", "3"),
                Map.entry("ordered", "false"),
                Map.entry("connect_timeout", "1s"),
                Map.entry("reply_timeout", "2s"),
                Map.entry("request_timeout", "3s"),
                Map.entry("allow_private_networks", "true"),
                Map.entry("pause_after", "1h"),
                Map.entry("authorization", "Bearer x")));

    assertThat(config.target().port()).isEqualTo(99);
    assertThat(config.isArray()).isFalse();
    assertThat(config.batchEventsMax()).isEqualTo(1);
    assertThat(config.batchBytesMax()).isEqualTo(9 << 10);
    assertThat(config.inFlight()).isEqualTo(3);
    assertThat(config.ordered()).isFalse();
    assertThat(config.limits())
        .isEqualTo(
            new HttpPost.Limits(
                Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3), 64 << 10, 3));
    assertThat(config.pauseAfter()).isEqualTo(Duration.ofHours(1));
    assertThat(config.authorization()).hasValue("Bearer x");
    assertThat(WebhookConfig.SPEC.settings()).hasSize(14);
  }

  @Test
  void namesTheSettingThatIsWrong() {
    assertThatThrownBy(() -> read(Map.of("url", "ftp://x"))).hasMessageStartingWith("url ");
    assertThatThrownBy(() -> read(Map.of("url", "http://10.0.0.1/")))
        .hasMessageStartingWith("url ")
        .hasMessageContaining("allow_private_networks");
    assertThatThrownBy(() -> read(Map.of("secret", "x"))).hasMessageStartingWith("secret ");
    assertThatThrownBy(() -> read(Map.of("reply_timeout", "31s")))
        .hasMessageStartingWith("reply_timeout ");
    assertThatThrownBy(() -> read(Map.of("authorization", "a\r\nb")))
        .hasMessageStartingWith("authorization ");
    assertThatThrownBy(() -> read(Map.of("ca_file", "/nowhere")))
        .hasMessageStartingWith("ca_file ");
  }

  private static WebhookConfig read(Map<String, String> texts) {
    var all = new HashMap<>(Map.of("url", "https://example.com/hook", "secret", SECRET));
    all.putAll(texts);
    return WebhookConfig.SPEC.reader().apply(new Settings(all));
  }
}
