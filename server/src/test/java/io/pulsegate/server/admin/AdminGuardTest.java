package io.pulsegate.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.RequestHead;
import io.pulsegate.core.TenantRegistry;
import io.pulsegate.core.Tenants;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminGuardTest {
  private static final String TOKEN = "0123456789abcdef";

  private final AdminGuard guard =
      new AdminGuard(
          new Callers(TOKEN, new TenantRegistry(Tenants.of(List.of())), InstantSource.system()));

  private record Head(Map<String, String> headers) implements RequestHead {
    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String path() {
      return "/sinks";
    }

    @Override
    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }

    @Override
    public int headerCount(String name) {
      return headers.containsKey(name) ? 1 : 0;
    }

    @Override
    public Optional<String> parameter(String name) {
      return Optional.empty();
    }
  }

  private boolean allows(String host, String token) {
    return guard.allows(new Head(Map.of("Host", host, "Authorization", "Bearer " + token)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:8081", "localhost", "LOCALHOST:1", "[::1]:8081"})
  void letsTheTokenInUnderALoopbackName(String host) {
    assertThat(allows(host, TOKEN)).isTrue();
    assertThat(allows(host, "wrong")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "evil.example:8081", "127.0.0.1.evil.example", ""})
  void keepsNamesOutThatLeadHereFromElsewhere(String host) {
    assertThat(allows(host, TOKEN)).isFalse();
  }

  @Test
  void needsAHostAndAToken() {
    assertThat(guard.allows(new Head(Map.of("Authorization", "Bearer " + TOKEN)))).isFalse();
    assertThat(guard.allows(new Head(Map.of("Host", "localhost")))).isFalse();
  }
}
