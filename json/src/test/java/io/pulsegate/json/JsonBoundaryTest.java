package io.pulsegate.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Words of eight bytes, the end of the range and the end of the array, against each other.
class JsonBoundaryTest {
  private static final String[] SPECIALS = {
    "\\n",
    "\\\\",
    "\\\"",
    "\\u0000",
    "\\ud83d\\ude00",
    "\\ud800",
    "é",
    "日",
    "😀",
    "\u007f",
    "!",
    "#"
  };

  private final JsonScanner scanner = new JsonScanner();

  @Test
  void findsTheEndOfStringsOfEveryLengthAtEveryDistance() {
    for (int before = 0; before < 9; before++) {
      for (int length = 0; length < 40; length++) {
        for (int behind : new int[] {0, 1, 7, 8, 16}) {
          byte[] bytes = new byte[before + length + 2 + behind];
          Arrays.fill(bytes, (byte) '"');
          Arrays.fill(bytes, before + 1, before + 1 + length, (byte) 'x');
          scanner.reset(bytes, before, bytes.length - behind);
          scanner.end();
          assertThat(scanner.textEnd() - scanner.textStart()).isEqualTo(length);
          assertThat(scanner.text()).isEqualTo("x".repeat(length));
        }
      }
    }
  }

  @Test
  void seesASpecialCharacterAtEveryPlaceOfAString() {
    for (String special : SPECIALS) {
      for (int length = 0; length < 20; length++) {
        for (int place = 0; place <= length; place++) {
          String text = "x".repeat(place) + special + "x".repeat(length - place);
          byte[] bytes = ("\"" + text + "\"").getBytes(UTF_8);
          scanner.reset(bytes, 0, bytes.length);
          scanner.end();
          assertThat(scanner.textEnd()).isEqualTo(bytes.length - 1);
          assertThat(scanner.hasEscapes()).isEqualTo(special.startsWith("\\"));
          assertThat(scanner.flags() != 0)
              .isEqualTo(special.equals("\\u0000") || special.equals("\\ud800"));
        }
      }
    }
  }

  @Test
  void refusesEveryForbiddenByteAtEveryPlaceOfAString() {
    for (int b = 0; b < 256; b++) {
      boolean forbidden = b < ' ' || b >= 0x80;
      for (int place = 2; place < 20; place++) {
        byte[] bytes = ("\"" + "x".repeat(20) + "\"").getBytes(UTF_8);
        bytes[place] = (byte) b;
        scanner.reset(bytes, 0, bytes.length);
        var refusal = catchThrowableOfType(JsonException.class, scanner::end);
        if (forbidden) {
          assertThat(refusal.offsetBytes()).isEqualTo(place);
        } else {
          assertThat(refusal != null).as("byte %d", b).isEqualTo(b == '"' || b == '\\');
        }
      }
    }
  }

  @Test
  void neverReadsBehindTheRange() {
    String text =
        "[{\"key\":\"é\\ud83d\\ude00 some text\",\"n\":-12345678901.25e+10},true,false,null]";
    byte[] bytes = text.getBytes(UTF_8);
    for (int to = 0; to < bytes.length; to++) {
      // Behind `to` stands what would complete the document, then nothing at all.
      for (byte[] array : new byte[][] {bytes, Arrays.copyOf(bytes, to)}) {
        scanner.reset(array, 0, to);
        var refusal = catchThrowableOfType(JsonException.class, scanner::end);
        boolean cutCharacter = to == text.indexOf("é") + 1;
        assertThat(refusal.fault())
            .as("cut at %d", to)
            .isEqualTo(cutCharacter ? JsonFault.BAD_UTF8 : JsonFault.UNEXPECTED_END);
      }
    }
  }

  @Test
  void skipsWhiteSpaceOfEveryLength() {
    for (int length = 0; length < 40; length++) {
      for (String kind : new String[] {" ", "\n", "\t", "\r", " \n", "\n        "}) {
        String space = kind.repeat(length);
        String text =
            space + "[" + space + "1" + space + "," + space + "{" + space + "\"a\"" + space + ":"
                + space + "2" + space + "}" + space + "]" + space;
        byte[] bytes = text.getBytes(UTF_8);
        assertThat(Walk.tokens(bytes))
            .containsExactly("[", "number 1", "{", "name a", "number 2", "}", "]");
      }
    }
  }

  @Test
  void readsNumbersOfEveryLengthUpToTheArraysEnd() {
    for (int length = 1; length < 40; length++) {
      String digits = "1234567890".repeat(4).substring(0, length);
      for (String text :
          new String[] {digits, "-" + digits, digits + "." + digits, digits + "e-" + digits}) {
        byte[] bytes = text.getBytes(UTF_8);
        scanner.reset(bytes, 0, bytes.length);
        assertThat(scanner.skipValue()).isEqualTo(JsonKind.NUMBER);
        assertThat(scanner.valueEnd()).isEqualTo(bytes.length);
        scanner.reset(Arrays.copyOf(bytes, bytes.length + 20), 0, bytes.length);
        scanner.end();
        assertThat(scanner.valueEnd()).isEqualTo(bytes.length);
      }
    }
  }

  @Test
  void allocatesNothingWhileItScans() {
    byte[] bytes =
        "[{\"event_id\":\"a\\n\\u00e9é\",\"\\u0061\":[1,-2.5e3,true,null,{\"x\":\"long enough text\"}]}]"
            .getBytes(UTF_8);
    JsonNames names = JsonNames.of("event_id", "a");
    for (int i = 0; i < 1000; i++) {
      walk(bytes, names);
    }
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 1000; i++) {
      walk(bytes, names);
    }
    // Far less than one object per document.
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
  }

  private void walk(byte[] bytes, JsonNames names) {
    int found = 0;
    scanner.reset(bytes, 0, bytes.length);
    scanner.enterArray();
    while (scanner.nextElement()) {
      scanner.enterObject();
      while (scanner.nextField()) {
        found += scanner.fieldIn(names);
        scanner.skipValue();
      }
    }
    scanner.end();
    if (found != 1) {
      throw new AssertionError(found);
    }
  }
}
