package io.pulsegate.sinks.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is said where no connection comes about.
@Timeout(60)
class PostgresConnectTest {
  @Test
  void namesTheServerThatRefuses() throws Exception {
    assertThat(reason("postgres://u:s3cret@127.0.0.1:1/db"))
        .isEqualTo("cannot connect to 127.0.0.1:1: connection refused (SQLSTATE 08001)");
  }

  @Test
  void namesTheHostThatIsNotKnown() throws Exception {
    assertThat(reason("postgres://u:s3cret@no-such-host.invalid/db"))
        .startsWith(
            "cannot connect to no-such-host.invalid:5432: unknown host no-such-host.invalid")
        .doesNotContain("s3cret");
  }

  private static String reason(String url) throws InterruptedException {
    try (PostgresSink sink = PostgresFixture.sink(url)) {
      Claim claim = sink.claim(new CursorKey("log", "sink", 0), CursorRecord.startingAt(0));
      return ((Claim.Failed) claim).unavailable().reason();
    }
  }
}
