package io.pulsegate.sinks.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SignerTest {
  /// The example of the Standard Webhooks specification and its libraries.
  @Test
  void signsAsTheSpecificationsExampleDoes() {
    byte[] body = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);

    String signature =
        Signer.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body);

    assertThat(signature).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void signsWithEverySecretWhileOneIsReplaced() {
    String first = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    String second = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    assertThat(Signer.of(first + " " + second).sign("a", 1, new byte[0]))
        .isEqualTo(
            Signer.of(first).sign("a", 1, new byte[0])
                + " "
                + Signer.of(second).sign("a", 1, new byte[0]));
  }

  @Test
  void refusesSecretsOfAnotherFormWithoutShowingThem() {
    for (String secret : new String[] {"", "secret", "whsec_", "whsec_AAAA", "whsec_%%%"}) {
      assertThatThrownBy(() -> Signer.of(secret))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("AAAA")
          .hasMessageNotContaining("%%%");
    }
  }
}
