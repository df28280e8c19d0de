package io.pulsegate.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class JsonScannerTest {
  private static final JsonNames NAMES = JsonNames.of("event_id", "payload", "é", "");

  private final JsonScanner scanner = new JsonScanner();
  private byte[] document = {};

  private void reset(String text) {
    document = text.getBytes(UTF_8);
    scanner.reset(document, 0, document.length);
  }

  private String lastValue() {
    int start = scanner.valueStart();
    return new String(document, start, scanner.valueEnd() - start, UTF_8);
  }

  private JsonException refusal(Consumer<JsonScanner> walk) {
    return catchThrowableOfType(JsonException.class, () -> walk.accept(scanner));
  }

  private JsonException refusalOf(String text) {
    reset(text);
    return refusal(JsonScanner::end);
  }

  @Test
  void handsOutTheRangesOfEventsAndOfTheirFields() {
    reset(" [ {\"event_id\" : \"a\", \"payload\":{\"x\": [1 ,{}]} } ,{\"other\":1}\n] ");
    List<String> seen = new ArrayList<>();
    scanner.enterArray();
    while (scanner.nextElement()) {
      scanner.enterObject();
      while (scanner.nextField()) {
        int field = scanner.fieldIn(NAMES);
        if (field >= 0) {
          scanner.skipValue();
          seen.add(field + lastValue());
        }
      }
      seen.add(lastValue());
    }
    scanner.end();
    assertThat(seen)
        .containsExactly(
            "0\"a\"",
            "1{\"x\": [1 ,{}]}",
            "{\"event_id\" : \"a\", \"payload\":{\"x\": [1 ,{}]} }",
            "{\"other\":1}");
    assertThat(lastValue()).startsWith("[ {").endsWith("\n]");
  }

  @Test
  void standsAtTheFirstByteOfAValueBeforeItIsRead() {
    reset("[ 1,  {}]");
    scanner.enterArray();
    scanner.nextElement();
    assertThat(scanner.cursor()).isEqualTo(2);
    scanner.nextElement();
    assertThat(scanner.cursor()).isEqualTo(6);
    assertThat(scanner.peek()).isEqualTo(JsonKind.OBJECT);
    assertThat(scanner.depth()).isEqualTo(1);
  }

  @Test
  void findsNamesWrittenWithEscapes() {
    reset("{\"\\u0065vent\\u005fid\":1,\"\\u00e9\":2,\"é\":3,\"\\u0000\":4,\"event_i\":5,\"\":6}");
    List<Integer> fields = new ArrayList<>();
    List<String> names = new ArrayList<>();
    scanner.enterObject();
    while (scanner.nextField()) {
      fields.add(scanner.fieldIn(NAMES));
      names.add(scanner.fieldName());
    }
    assertThat(fields).containsExactly(0, 2, 2, -1, -1, 3);
    assertThat(names).containsExactly("event_id", "é", "é", "\0", "event_i", "");
  }

  @Test
  void handsOutTheSameNameTwice() {
    reset("{\"payload\":1,\"p\\u0061yload\":2}");
    scanner.enterObject();
    int seen = 0;
    while (scanner.nextField()) {
      seen += scanner.fieldIn(NAMES) == 1 ? 1 : 0;
    }
    assertThat(seen).isEqualTo(2);
  }

  @Test
  void decodesStrings() {
    reset(
        "[\"plain é\",\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00😀\",\"\\ud800\\u0041\",\"\"]");
    List<String> texts = new ArrayList<>();
    List<Boolean> escapes = new ArrayList<>();
    scanner.enterArray();
    while (scanner.nextElement()) {
      assertThat(scanner.skipValue()).isEqualTo(JsonKind.STRING);
      texts.add(scanner.text());
      escapes.add(scanner.hasEscapes());
      byte[] copy = new byte[2 + scanner.textEnd() - scanner.textStart()];
      int end = scanner.copyText(copy, 2);
      assertThat(new String(copy, 2, end - 2, UTF_8)).isEqualTo(scanner.text());
    }
    assertThat(texts).containsExactly("plain é", "\"\\/\b\f\n\r\té😀😀", "\ufffdA", "");
    assertThat(escapes).containsExactly(false, true, true, false);
  }

  @Test
  void keepsTheLastStringWhileTheNextNameIsRead() {
    reset("{\"a\":\"x\\n\",\"b\":\"y\",\"c\\n\":1}");
    scanner.enterObject();
    scanner.nextField();
    scanner.skipValue();
    scanner.nextField();
    assertThat(scanner.text()).isEqualTo("x\n");
    scanner.skipValue();
    scanner.nextField();
    assertThat(scanner.text()).isEqualTo("y");
    assertThat(scanner.fieldName()).isEqualTo("c\n");
  }

  @Test
  void findsStringsInASetOfNames() {
    reset("[\"payload\",\"p\\u0061yload\",\"other\"]");
    scanner.enterArray();
    List<Integer> found = new ArrayList<>();
    while (scanner.nextElement()) {
      scanner.skipValue();
      found.add(scanner.textIn(NAMES));
    }
    assertThat(found).containsExactly(1, 1, -1);
  }

  @Test
  void copiesTextOnlyWhereThereIsRoom() {
    reset("\"abc\"");
    scanner.skipValue();
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> scanner.copyText(new byte[4], 2));
  }

  @Test
  void readsIntegersExactlyOrNotAtAll() {
    reset(
        "[0,-1,1760000000000,9223372036854775807,-9223372036854775808,9223372036854775808,"
            + "-9223372036854775809,99999999999999999999,1.0,1e3,-0]");
    List<Long> numbers = new ArrayList<>();
    scanner.enterArray();
    while (scanner.nextElement()) {
      scanner.skipValue();
      numbers.add(scanner.integerOr(-77));
    }
    assertThat(numbers)
        .containsExactly(
            0L,
            -1L,
            1760000000000L,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            -77L,
            -77L,
            -77L,
            -77L,
            -77L,
            0L);
  }

  @Test
  void reportsFlagsOfTheStretchSinceTheyWereCleared() {
    reset(
        "[{\"\\u0000\":1},{\"a\":[\"\\ud800\"]},1e999999,\"\\\\u0000\\ud83d\\ude00\",\"\\u0000\\udc00\"]");
    List<Integer> flags = new ArrayList<>();
    scanner.enterArray();
    while (scanner.nextElement()) {
      scanner.clearFlags();
      scanner.skipValue();
      flags.add(scanner.flags());
    }
    assertThat(flags)
        .containsExactly(
            JsonFlags.HAS_NUL,
            JsonFlags.LONE_SURROGATE,
            JsonFlags.BIG_NUMBER,
            0,
            JsonFlags.HAS_NUL | JsonFlags.LONE_SURROGATE);
  }

  @Test
  void findsALoneSurrogateBeforeAnotherPair() {
    reset("\"\\ud800\\ud83d\\ude00\"");
    scanner.end();
    assertThat(scanner.flags()).isEqualTo(JsonFlags.LONE_SURROGATE);
    assertThat(scanner.text()).isEqualTo("\ufffd😀");
  }

  @Test
  void leavesContainersOnRequestAndChecksWhatItLeaves() {
    reset("[{\"a\":[1,{\"b\":2}],\"c\":3},4]");
    scanner.enterArray();
    scanner.nextElement();
    scanner.enterObject();
    scanner.nextField();
    scanner.enterArray();
    scanner.nextElement();
    scanner.leaveTo(1);
    assertThat(lastValue()).isEqualTo("{\"a\":[1,{\"b\":2}],\"c\":3}");
    assertThat(scanner.nextElement()).isTrue();
    scanner.leaveTo(0);
    scanner.end();

    reset("[[1,x],2]");
    scanner.enterArray();
    scanner.nextElement();
    scanner.enterArray();
    assertThat(refusal(s -> s.leaveTo(0)).fault()).isEqualTo(JsonFault.BAD_SYNTAX);
  }

  @Test
  void checksValuesThatNobodyReads() {
    reset("{\"a\":tru,\"b\":1}");
    scanner.enterObject();
    assertThat(scanner.nextField()).isTrue();
    JsonException refusal = refusal(JsonScanner::nextField);
    assertThat(refusal.fault()).isEqualTo(JsonFault.BAD_SYNTAX);
    assertThat(refusal.offsetBytes()).isEqualTo(8);
  }

  @Test
  void nestsAsDeepAsAllowedAndNoDeeper() {
    for (int depth : new int[] {1, 63, 64, 65, 1000, 100_000}) {
      for (String[] pair : new String[][] {{"[", "1", "]"}, {"{\"a\":", "[]", "}"}}) {
        int around = depth - (pair[1].equals("[]") ? 1 : 0);
        String text = pair[0].repeat(around) + pair[1] + pair[2].repeat(around);
        if (depth <= 64) {
          reset(text);
          scanner.end();
          assertThat(lastValue()).isEqualTo(text);
        } else {
          assertThat(refusalOf(text).fault()).isEqualTo(JsonFault.TOO_DEEP);
          assertThat(refusal(s -> Walk.tokens(document)).fault()).isEqualTo(JsonFault.TOO_DEEP);
        }
      }
    }
    assertThat(refusalOf("[".repeat(1_000_000)).offsetBytes()).isEqualTo(64);
  }

  @Test
  void countsDepthThroughBothWaysOfWalking() {
    var two = new JsonScanner(new JsonLimits(2, 10, 10));
    document = "[[[]]]".getBytes(UTF_8);
    two.reset(document, 0, document.length);
    two.enterArray();
    two.nextElement();
    assertThatExceptionOfType(JsonException.class).isThrownBy(two::skipValue);
  }

  @Test
  void limitsNamesAndNumbers() {
    var small = new JsonScanner(new JsonLimits(64, 10, 12));
    for (int length : new int[] {0, 9, 10, 11, 5000}) {
      for (String format : new String[] {"{\"%s\":1}", "[{\"%s\":1}]"}) {
        document = format.formatted("n".repeat(length)).getBytes(UTF_8);
        small.reset(document, 0, document.length);
        JsonException refusal = catchThrowableOfType(JsonException.class, small::end);
        assertThat(refusal == null).isEqualTo(length <= 10);
        assertThat(length <= 10 || refusal.fault() == JsonFault.NAME_TOO_LONG).isTrue();
      }
    }
    for (String number :
        new String[] {"123456789012", "1234567890.2", "12345678e123", "-12345678901"}) {
      document = number.getBytes(UTF_8);
      small.reset(document, 0, document.length);
      small.end();
      document = (number + "0").getBytes(UTF_8);
      small.reset(document, 0, document.length);
      assertThat(catchThrowableOfType(JsonException.class, small::end).fault())
          .isEqualTo(JsonFault.NUMBER_TOO_LONG);
    }
  }

  @Test
  void readsNumbersOfAMegabyteWhereAllowed() {
    var patient = new JsonScanner(new JsonLimits(64, 100, 2_000_000));
    document = ("-" + "9".repeat(1_000_000) + "." + "9".repeat(17)).getBytes(UTF_8);
    patient.reset(document, 0, document.length);
    patient.end();
    assertThat(patient.flags()).isEqualTo(JsonFlags.BIG_NUMBER);
  }

  @Test
  void saysWhatIsWrongAndWhere() {
    JsonException refusal = refusalOf("{\"a\": 1,\n \"b\": [1, 2,]}");
    assertThat(refusal).hasMessage("expected a value, found ']' (at byte 21)");
    assertThat(refusal.offsetBytes()).isEqualTo(21);
    assertThat(scanner.locate(refusal.offsetBytes())).isEqualTo(new JsonLocation(2, 13));
    assertThat(refusalOf("[1\u0007]")).hasMessageContaining("byte 0x07");
    assertThat(refusalOf("{'a':1}"))
        .hasMessageContaining("a field name in double quotes, found '''");
    assertThat(refusalOf("[1"))
        .hasMessage("expected ',' or ']', found the end of the document (at byte 2)");
    assertThat(refusalOf(""))
        .hasMessage("expected a value, found the end of the document (at byte 0)");
    assertThat(refusalOf("{} {}")).hasMessageContaining("only one value may be sent");
  }

  @Test
  void countsOffsetsFromTheDocumentsBeginning() {
    document = "xxxx[1,?]".getBytes(UTF_8);
    scanner.reset(document, 4, document.length);
    JsonException refusal = refusal(JsonScanner::end);
    assertThat(refusal.offsetBytes()).isEqualTo(3);
    assertThat(scanner.locate(3)).isEqualTo(new JsonLocation(1, 4));
  }

  @Test
  void refusesWithoutAStackTrace() {
    assertThat(refusalOf("?").getStackTrace()).isEmpty();
  }

  @Test
  void canBeUsedAgainAfterARefusal() {
    assertThat(refusalOf("[[[\"\\u0000\",").fault()).isEqualTo(JsonFault.UNEXPECTED_END);
    reset("[1]");
    scanner.end();
    assertThat(scanner.flags()).isZero();
    assertThat(scanner.depth()).isZero();
  }

  @Test
  void tellsACallersMistakeFromTheSenders() {
    reset("[1]");
    assertThatIllegalStateException().isThrownBy(scanner::enterObject);
    assertThatIllegalStateException().isThrownBy(scanner::nextField);
    assertThatIllegalStateException().isThrownBy(scanner::textStart);
    scanner.enterArray();
    assertThatIllegalStateException().isThrownBy(scanner::peek);
    assertThatIllegalStateException().isThrownBy(scanner::nextField);
    assertThatIllegalStateException().isThrownBy(scanner::end);
    scanner.nextElement();
    scanner.skipValue();
    assertThatIllegalStateException().isThrownBy(scanner::skipValue);
    assertThatIllegalStateException().isThrownBy(scanner::text);
    scanner.nextElement();
    assertThatIllegalStateException().isThrownBy(scanner::nextElement);
    assertThatIllegalStateException().isThrownBy(() -> scanner.integerOr(0));

    reset("?");
    assertThatExceptionOfType(JsonException.class).isThrownBy(scanner::enterObject);
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> scanner.reset(document, 0, 2));
  }

  @Test
  void refusesLimitsThatMakeNoSense() {
    assertThatIllegalArgumentException().isThrownBy(() -> new JsonLimits(0, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new JsonLimits(10_001, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new JsonLimits(1, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new JsonLimits(1, 1, 0));
  }
}
