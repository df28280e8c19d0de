package io.pulsegate.sinks.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.sinks.webhook.Verdict.Failed;
import io.pulsegate.sinks.webhook.Verdict.Refused;
import io.pulsegate.sinks.webhook.Verdict.Taken;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictTest {
  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204, 299})
  void takesSuccess(int status) {
    assertThat(of(status)).isEqualTo(new Taken());
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 413, 422})
  void refusesContent(int status) {
    assertThat(of(status)).isInstanceOf(Refused.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504, 599})
  void triesAgain(int status) {
    assertThat(of(status)).isInstanceOfSatisfying(Failed.class, VerdictTest::assertOutage);
  }

  private static void assertOutage(Failed failed) {
    assertThat(failed.unavailable().cause()).isEqualTo(Cause.OUTAGE);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 307, 308, 401, 403, 404, 405, 409, 415})
  void waitsForAPerson(int status) {
    assertThat(of(status))
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> assertThat(failed.unavailable().cause()).isEqualTo(Cause.MISCONFIGURED));
  }

  @Test
  void readsRetryAfterInBothForms() {
    assertThat(Verdict.retryAfter("120", NOW)).hasValue(Duration.ofMinutes(2));
    assertThat(Verdict.retryAfter("Tue, 10 Mar 2026 12:01:00 GMT", NOW))
        .hasValue(Duration.ofMinutes(1));
    assertThat(Verdict.retryAfter("999999999", NOW)).hasValue(Duration.ofDays(1));
    assertThat(Verdict.retryAfter("Tue, 10 Mar 2026 11:01:00 GMT", NOW)).isEmpty();
    assertThat(Verdict.retryAfter("0", NOW)).isEmpty();
    assertThat(Verdict.retryAfter("soon", NOW)).isEmpty();
  }

  private static Verdict of(int status) {
    return Verdict.of(new HttpReply(status, true, Map.of()), NOW);
  }
}
