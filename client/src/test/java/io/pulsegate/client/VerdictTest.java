package io.pulsegate.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What replies mean.
class VerdictTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2030-01-01T00:00:00Z"));

  private static Verdict verdict(int status, String body, int events) {
    return Verdict.of(new Answer(status, body), events, CLOCK);
  }

  @Test
  void readsWhatBecameOfEachEvent() {
    String body =
        "{\"accepted\":1,\"duplicates\":1,\"rejected\":[{\"index\":1,\"code\":\"invalid_field\",\"reason\":\"too long\"}],"
            + "\"durability\":\"disk\",\"position\":{\"partition\":0,\"offset\":123}}";
    assertThat(verdict(200, body, 3))
        .isEqualTo(
            new Verdict.Decided(1, List.of(new Verdict.Rejected(1, "invalid_field", "too long"))));
    assertThat(verdict(202, body, 3)).isInstanceOf(Verdict.Decided.class);
    assertThat(verdict(422, body, 3)).isInstanceOf(Verdict.Decided.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>please log in</html>",
        "{}",
        "{\"accepted\":2,\"duplicates\":0,\"rejected\":[]}",
        "{\"accepted\":3,\"duplicates\":0}",
        "{\"accepted\":2,\"duplicates\":0,\"rejected\":[{\"index\":3}]}",
        "{\"accepted\":1,\"duplicates\":0,\"rejected\":[{\"index\":0},{\"index\":0}]}",
        "{\"accepted\":3,\"duplicates\":0,\"rejected\":[]",
        "{\"accepted\":3,\"duplicates\":0,\"rejected\":[]} trailing",
      })
  void takesAReplyThatDoesNotAccountForEveryEventForNone(String body) {
    assertThat(verdict(200, body, 3))
        .isInstanceOfSatisfying(
            Verdict.Later.class, later -> assertThat(later.needsPerson()).isTrue());
  }

  @Test
  void tellsWhatComesAgainFromWhatIsRefused() {
    String error = "{\"error\":{\"code\":\"bad_json\",\"message\":\"line 1\"}}";
    assertThat(verdict(400, error, 1)).isEqualTo(new Verdict.Unacceptable("bad_json", "line 1"));
    assertThat(verdict(413, error, 1)).isEqualTo(new Verdict.Unacceptable("bad_json", "line 1"));
    for (int status : new int[] {408, 425, 429, 500, 502, 503, 504, 599}) {
      assertThat(verdict(status, "", 1))
          .isEqualTo(new Verdict.Later(Optional.empty(), false, "status " + status));
    }
    for (int status : new int[] {301, 302, 401, 403, 404, 405, 415, 431}) {
      assertThat(verdict(status, "", 1))
          .isEqualTo(new Verdict.Later(Optional.empty(), true, "status " + status));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>400 The plain HTTP request was sent to HTTPS port</html>",
        "{}",
        "{\"error\":\"bad request\"}",
        "{\"error\":{\"code\":400,\"message\":\"Bad Request\"}}",
        "{\"error\":{\"code\":\"\",\"message\":\"line 1\"}}",
        "{\"error\":{\"code\":\"BadRequest\",\"message\":\"line 1\"}}",
        "{\"detail\":[]}",
      })
  void aRefusalOfAnybodyElseDecidesNothing(String body) {
    for (int status : new int[] {400, 422}) {
      assertThat(verdict(status, body, 3))
          .isInstanceOfSatisfying(
              Verdict.Later.class, later -> assertThat(later.needsPerson()).isTrue());
    }
    assertThat(verdict(413, body, 3))
        .isInstanceOfSatisfying(
            Verdict.TooMuch.class, tooMuch -> assertThat(tooMuch.alone().needsPerson()).isTrue());
  }

  @Test
  void comesAgainWhereTheListOfRefusalsDoesNotAddUp() {
    String error = "{\"error\":{\"code\":\"bad_json\",\"message\":\"line 1\"}}";
    String tooShort = "{\"accepted\":0,\"duplicates\":0,\"rejected\":[{\"index\":0}]}";
    for (String body : List.of(error, tooShort)) {
      assertThat(verdict(422, body, 3))
          .isInstanceOfSatisfying(
              Verdict.Later.class, later -> assertThat(later.needsPerson()).isTrue());
    }
  }

  private static Optional<Duration> retryAfter(String retryAfter, Optional<String> date) {
    var answer = new Answer(503, Optional.of(retryAfter), date, "");
    return ((Verdict.Later) Verdict.of(answer, 1, CLOCK)).retryAfter();
  }

  @Test
  void measuresADateByTheServersClockWhereThisOneIsWrong() {
    assertThat(retryAfter("7", Optional.empty())).contains(Duration.ofSeconds(7));
    Optional<String> serversNow = Optional.of("Wed, 21 Oct 2015 07:28:00 GMT");
    assertThat(retryAfter("Wed, 21 Oct 2015 07:28:30 GMT", serversNow))
        .contains(Duration.ofSeconds(30));
    assertThat(retryAfter("Tue, 01 Jan 2030 00:01:00 GMT", Optional.empty()))
        .contains(Duration.ofMinutes(1));
    assertThat(retryAfter("Wed, 21 Oct 2015 07:28:30 GMT", Optional.empty())).isEmpty();
    assertThat(retryAfter("soon", Optional.empty())).isEmpty();
    assertThat(retryAfter("99999999999999999999", Optional.empty())).isEmpty();
  }
}
