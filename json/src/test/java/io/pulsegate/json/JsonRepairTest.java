package io.pulsegate.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonRepairTest {
  private final JsonScanner scanner = new JsonScanner();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"\\u0000\"                  | \"\\ufffd\"",
        "\"a\\u0000b\\u0000\"         | \"a\\ufffdb\\ufffd\"",
        "{\"\\u0000\": [\"\\u0000\"]} | {\"\\ufffd\": [\"\\ufffd\"]}",
        "\"\\\\u0000\"                | \"\\\\u0000\"",
        "\"\\\\\\u0000\"              | \"\\\\\\ufffd\"",
        "\"\\ud800\"                  | \"\\ufffd\"",
        "\"\\uDFFFx\"                 | \"\\ufffdx\"",
        "\"\\ud83d\\ude00\"           | \"\\ud83d\\ude00\"",
        "\"\\ud800\\ud83d\\uDE00\"    | \"\\ufffd\\ud83d\\uDE00\"",
        "\"\\ude00\\ud83d\"           | \"\\ufffd\\ufffd\"",
        "\"\\\\ud800\"                | \"\\\\ud800\"",
        "[1e999999, -1E-99999 ,2]     | [\"1e999999\", \"-1E-99999\" ,2]",
        "{\"1e999999\":1e999999}      | {\"1e999999\":\"1e999999\"}",
        "1e999999                     | \"1e999999\"",
        "[1.0, 2E5, -0, true, null]   | [1.0, 2E5, -0, true, null]",
      })
  void rewritesOnlyWhatSqlSinksRefuse(String json, String repaired) {
    byte[] padded = ("9\"\\" + json + "\\u0000").getBytes(UTF_8);
    int to = padded.length - 6;
    assertThat(JsonRepair.repair(padded, 3, to, 7)).asString(UTF_8).isEqualTo(repaired);
  }

  @Test
  void leavesEverythingAloneWithoutFlags() {
    byte[] json = "[ \"\\u0000\" ]".getBytes(UTF_8);
    assertThat(JsonRepair.repair(json, 0, json.length, 0)).isEqualTo(json).isNotSameAs(json);
  }

  @Test
  void makesAnyDocumentFitAndChangesNothingElse() {
    long seed = Documents.seed();
    var documents = new Documents(new SplittableRandom(seed));
    int repairs = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] json = documents.valid();
      String about = "seed " + seed + ", document " + new String(json, UTF_8);
      int flags = flags(json);
      byte[] repaired = JsonRepair.repair(json, 0, json.length, flags);
      assertThat(flags(repaired)).as(about).isZero();
      assertThat(JsonRepair.repair(repaired, 0, repaired.length, 7)).as(about).isEqualTo(repaired);
      assertThat(expected(json)).as(about).isEqualTo(Walk.tokens(repaired));
      if (flags == 0) {
        assertThat(JsonRepair.repair(json, 0, json.length, 7)).as(about).isEqualTo(json);
      } else {
        repairs++;
      }
    }
    assertThat(repairs).as("seed %d", seed).isGreaterThan(2_000);
  }

  /// The document's tokens, with the rule applied to them.
  private static List<String> expected(byte[] json) {
    return Walk.tokens(json).stream()
        .map(token ->
            token.startsWith("number ") && isBig(token.substring(7))
                ? "string " + token.substring(7)
                : token.replace('\0', '\ufffd'))
        .toList();
  }

  private static boolean isBig(String number) {
    byte[] bytes = number.getBytes(UTF_8);
    return Numbers.exceedsNumeric(bytes, 0, bytes.length);
  }

  private int flags(byte[] json) {
    scanner.reset(json, 0, json.length);
    scanner.end();
    return scanner.flags();
  }
}
