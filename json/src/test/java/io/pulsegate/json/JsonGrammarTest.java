package io.pulsegate.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The table grammar.txt, each document at every distance from a word's beginning, and followed by
/// bytes that would complete it if they were read.
class JsonGrammarTest {
  private static final String ACCEPTED = "accepted";
  private static final String BEHIND = "\"]}0\"]}0\"]}";

  /// @param document in the table's notation
  record Example(String code, String document) {}

  static Stream<Example> accepted() {
    return documents().filter(example -> example.code().equals(ACCEPTED));
  }

  static Stream<Example> refused() {
    return documents().filter(example -> !example.code().equals(ACCEPTED));
  }

  private static Stream<Example> documents() {
    return table()
        .lines()
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .flatMap(JsonGrammarTest::row);
  }

  private static Stream<Example> row(String line) {
    String code = line.substring(0, 18).strip();
    return Arrays.stream(line.substring(18).split(" \\| ", -1))
        .map(document -> new Example(code, document));
  }

  private static String table() {
    try (InputStream table = JsonGrammarTest.class.getResourceAsStream("grammar.txt")) {
      return new String(Objects.requireNonNull(table).readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void acceptsWhatTheGrammarAllows(Example example) {
    byte[] bytes = bytes(example.document());
    for (int before = 0; before < 9; before++) {
      byte[] surrounded = surrounded(bytes, before);
      int to = before + bytes.length;
      assertThat(Walk.tokens(surrounded, before, to)).isNotEmpty();
      assertThat(skip(surrounded, before, to)).isEqualTo(new String(bytes, latin()).strip());
    }
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesEverythingElseWithItsCode(Example example) {
    byte[] bytes = bytes(example.document());
    for (int before = 0; before < 9; before++) {
      byte[] surrounded = surrounded(bytes, before);
      int from = before;
      int to = before + bytes.length;
      var walked =
          catchThrowableOfType(JsonException.class, () -> Walk.tokens(surrounded, from, to));
      var skipped = catchThrowableOfType(JsonException.class, () -> skip(surrounded, from, to));
      assertThat(walked.fault().name()).as(walked.getMessage()).isEqualTo(example.code());
      assertThat(skipped.fault().name()).as(skipped.getMessage()).isEqualTo(example.code());
      assertThat(skipped.offsetBytes()).isEqualTo(walked.offsetBytes());
      assertThat(walked.offsetBytes()).isBetween(0, bytes.length);
    }
  }

  /// The value's text as the scanner found it.
  private static String skip(byte[] bytes, int from, int to) {
    var scanner = new JsonScanner();
    scanner.reset(bytes, from, to);
    scanner.skipValue();
    scanner.end();
    int length = scanner.valueEnd() - scanner.valueStart();
    return new String(bytes, scanner.valueStart(), length, latin());
  }

  private static Charset latin() {
    return StandardCharsets.ISO_8859_1;
  }

  private static byte[] surrounded(byte[] document, int before) {
    var out = new ByteArrayOutputStream();
    out.writeBytes("\"".repeat(before).getBytes(latin()));
    out.writeBytes(document);
    out.writeBytes(BEHIND.substring(before).getBytes(latin()));
    return out.toByteArray();
  }

  /// The table's notation turned into bytes.
  private static byte[] bytes(String document) {
    var out = new ByteArrayOutputStream();
    String rest = document;
    while (!rest.isEmpty()) {
      if (rest.charAt(0) == '<') {
        int end = rest.indexOf('>');
        out.writeBytes(HexFormat.of().parseHex(rest.substring(1, end).replace(" ", "")));
        rest = rest.substring(end + 1);
      } else {
        out.write(rest.charAt(0));
        rest = rest.substring(1);
      }
    }
    return out.toByteArray();
  }
}
