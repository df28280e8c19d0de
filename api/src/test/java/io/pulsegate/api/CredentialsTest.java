package io.pulsegate.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CredentialsTest {
  /// A head with these headers: name, value, name, value.
  private record Head(List<String> headers) implements RequestHead {
    @Override
    public String method() {
      return "POST";
    }

    @Override
    public String path() {
      return "/";
    }

    @Override
    public Optional<String> header(String name) {
      for (int i = 0; i < headers.size(); i += 2) {
        if (headers.get(i).equalsIgnoreCase(name)) {
          return Optional.of(headers.get(i + 1));
        }
      }
      return Optional.empty();
    }

    @Override
    public int headerCount(String name) {
      int count = 0;
      for (int i = 0; i < headers.size(); i += 2) {
        count += headers.get(i).equalsIgnoreCase(name) ? 1 : 0;
      }
      return count;
    }

    @Override
    public Optional<String> parameter(String name) {
      return Optional.empty();
    }
  }

  private static Optional<String> key(String... headers) {
    return Credentials.of(new Head(List.of(headers)));
  }

  @Test
  void readsTheKey() {
    assertThat(key("X-API-Key", "demo")).contains("demo");
    assertThat(key("x-api-key", "demo")).contains("demo");
    assertThat(key("Authorization", "Bearer demo")).contains("demo");
    assertThat(key("Authorization", "bearer   demo ")).contains("demo");
  }

  @Test
  void findsNoneWhereNoneIs() {
    assertThat(key()).isEmpty();
    assertThat(key("X-API-Key", "")).isEmpty();
    assertThat(key("Authorization", "Bearer ")).isEmpty();
    assertThat(key("Authorization", "Bearer")).isEmpty();
    assertThat(key("Authorization", "Basic ZGVtbzpkZW1v")).isEmpty();
    assertThat(key("Authorization", "demo")).isEmpty();
  }

  @Test
  void choosesNoneOfTwo() {
    assertThat(key("X-API-Key", "demo", "X-API-Key", "demo")).isEmpty();
    assertThat(key("X-API-Key", "demo", "Authorization", "Bearer demo")).isEmpty();
    assertThat(key("Authorization", "Bearer a", "Authorization", "Bearer b")).isEmpty();
  }
}
