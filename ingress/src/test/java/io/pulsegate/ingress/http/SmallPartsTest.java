package io.pulsegate.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SmallPartsTest {
  private static final List<String> OFFERS = List.of("text/plain", "application/json");

  private static String choice(String accept) {
    return Accept.choose(Optional.of(accept), OFFERS).orElse("none");
  }

  @Test
  void choosesWhatTheClientLikesBest() {
    assertThat(Accept.choose(Optional.empty(), OFFERS)).hasValue("text/plain");
    assertThat(choice("*/*")).isEqualTo("text/plain");
    assertThat(choice("application/json")).isEqualTo("application/json");
    assertThat(choice("application/json, */*")).isEqualTo("text/plain");
    assertThat(choice("text/plain;q=0.5, application/json;version=1;q=0.8"))
        .isEqualTo("application/json");
    assertThat(choice("application/*")).isEqualTo("application/json");
    assertThat(choice("Text/*;Q=0.3, */*;q=0.2")).isEqualTo("text/plain");
    assertThat(choice("text/plain;q=0, */*")).isEqualTo("application/json");
    assertThat(choice("image/png, ,;;")).isEqualTo("none");
    assertThat(choice("application/json;q=huge")).isEqualTo("application/json");
  }

  @Test
  void takesOverATraceOrMakesOne() {
    String id = "4bf92f3577b34da6a3ce929d0e0e4736";
    assertThat(TraceId.of(Optional.of("00-" + id + "-00f067aa0ba902b7-01"))).isEqualTo(id);
    assertThat(TraceId.of(Optional.of("01-" + id + "-00f067aa0ba902b7-01-more"))).isEqualTo(id);
    for (String malformed :
        List.of(
            "",
            "ff-" + id + "-00f067aa0ba902b7-01",
            "00-" + "0".repeat(32) + "-00f067aa0ba902b7-01",
            "00-" + id + "-0000000000000000-01",
            "00-" + id.substring(1) + "-00f067aa0ba902b7-01")) {
      assertThat(TraceId.of(Optional.of(malformed))).matches("[0-9a-f]{32}").isNotEqualTo(id);
    }
  }

  @Test
  void countsIpv6ByNetwork() {
    assertThat(Addresses.client("127.0.0.1")).isEqualTo("127.0.0.1");
    assertThat(Addresses.client("2001:db8::1"))
        .isEqualTo(Addresses.client("2001:db8::ffff:1%eth0"));
    assertThat(Addresses.client("2001:db8::1")).isNotEqualTo(Addresses.client("2001:db8:0:1::1"));
  }

  @Test
  void countsRefusalsByClientAndSecond() {
    RefusalLimiter limiter = new RefusalLimiter(2);
    assertThat(limiter.allows("a", 0)).isTrue();
    assertThat(limiter.allows("a", 1)).isTrue();
    assertThat(limiter.allows("a", 2)).isFalse();
    assertThat(limiter.allows("b", 2)).isTrue();
    assertThat(limiter.allows("a", 1_000_000_000)).isTrue();
  }

  @Test
  void doesNotGrowWithTheNumberOfClients() {
    RefusalLimiter limiter = new RefusalLimiter(2);
    for (int i = 0; i < 8_192; i++) {
      assertThat(limiter.allows("client" + i, 0)).isTrue();
    }
    assertThat(limiter.allows("one more", 0)).isFalse();
    assertThat(limiter.allows("client0", 0)).isTrue();
    assertThat(limiter.allows("one more", 1_000_000_000)).isTrue();
  }
}
