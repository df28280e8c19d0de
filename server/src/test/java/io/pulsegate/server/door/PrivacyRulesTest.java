package io.pulsegate.server.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.EventWriter.HashKey;
import io.pulsegate.core.Privacy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivacyRulesTest {
  private final PrivacyRules rules = new PrivacyRules(new HashKey(1, 2));

  private String apply(Privacy level, String payload) {
    return rules.of(level).orElseThrow().apply(Bytes.of(payload)).toString();
  }

  @Test
  void leavesEverythingAloneAtTheStandardLevel() {
    assertThat(rules.of(Privacy.STANDARD)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        " 8.8.8.8 ",
        "8.8.8.8:443",
        "2001:db8::1",
        "[2001:db8::1]:443",
        "::1",
        "::ffff:8.8.8.8",
        "fe80::1%eth0"
      })
  void hashesEveryFormOfAnAddressWhereverItStands(String address) {
    String clean = apply(Privacy.GDPR, "{\"a\":[{\"deep\":\"" + address + "\"}],\"b\":1.0}");
    assertThat(clean).matches("\\{\"a\":\\[\\{\"deep\":\"ip:[0-9a-f]{32}\"}],\"b\":1\\.0}");
  }

  @Test
  void givesOneAddressOneHashInAListToo() {
    assertThat(apply(Privacy.GDPR, "{\"x\":\"8.8.8.8, 1.1.1.1\",\"y\":\"1.1.1.1\"}"))
        .matches("\\{\"x\":\"ip:\\w{32},ip:(\\w{32})\",\"y\":\"ip:\\1\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"v\":\"1.2.3\"}",
        "{\"t\":\"12:30\"}",
        "{\"n\":8.8}",
        "{\"s\":\"\"}",
        "{ \"a\" : null }",
        "[]"
      })
  void returnsTheVeryBytesWhereThereIsNothingToTakeOut(String payload) {
    Bytes bytes = Bytes.of(payload);
    assertThat(rules.of(Privacy.HIPAA).orElseThrow().apply(bytes)).isSameAs(bytes);
  }

  @Test
  void takesPersonsOutAtTheStrictLevelOnly() {
    String payload =
        "{\"First_Name\":\"Ada\",\"phoneNumber\":17,\"dob\":null,\"note\":\"mail ada@lovelace.example now\",\"\\u0065mail\":{\"x\":1}}";
    assertThat(apply(Privacy.GDPR, payload)).isEqualTo(payload);
    assertThat(apply(Privacy.HIPAA, payload))
        .isEqualTo(
            "{\"First_Name\":\"[redacted]\",\"phoneNumber\":\"[redacted]\",\"dob\":null,\"note\":\"mail [redacted] now\",\"email\":\"[redacted]\"}");
  }
}
