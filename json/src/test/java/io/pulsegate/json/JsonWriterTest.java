package io.pulsegate.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
  private final JsonWriter writer = new JsonWriter(1);

  @Test
  void putsCommasWhereTheyBelong() {
    writer.beginObject().field("accepted", 2).field("ok", true).name("rejected").beginArray();
    writer.beginObject().field("index", -1).field("code", "BAD").endObject();
    writer.beginObject().endObject().beginArray().endArray();
    writer.value("x").value(1).value(false).nullValue().raw("{\"raw\":1}".getBytes(UTF_8));
    writer.endArray().field("rate", 0.5).endObject();
    assertThat(writer)
        .hasToString(
            "{\"accepted\":2,\"ok\":true,\"rejected\":[{\"index\":-1,\"code\":\"BAD\"},{},[],"
                + "\"x\",1,false,null,{\"raw\":1}],\"rate\":0.5}");
    assertThat(writer.toByteArray()).hasSize(writer.sizeBytes());
  }

  @Test
  void writesDocumentsLineByLine() throws IOException {
    writer.beginObject().field("a", 1).endObject().newLine();
    writer.value("b").newLine();
    var out = new ByteArrayOutputStream();
    writer.writeTo(out);
    assertThat(out.toString(UTF_8)).isEqualTo("{\"a\":1}\n\"b\"\n");
    writer.clear();
    writer.value(1);
    assertThat(writer).hasToString("1");
  }

  @Test
  void escapesWhatCouldEndALineOrSteerATerminal() {
    writer.value("\"\\/\b\f\n\r\t\0\u001b[31m\u007f\u0085\u009b\u2028\u2029é\u00a0😀");
    assertThat(writer)
        .hasToString(
            "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001b[31m\\u007f\\u0085\\u009b\\u2028\\u2029é\u00a0😀\"");
  }

  @Test
  void replacesLoneSurrogates() {
    writer.value("a\ud800b\udc00\ud83d");
    assertThat(writer).hasToString("\"a\ufffdb\ufffd\ufffd\"");
  }

  @Test
  void writesNumbersExactly() {
    long[] numbers = {0, 9, 10, -10, 99, 100, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1};
    for (long number : numbers) {
      writer.clear();
      writer.value(number);
      assertThat(writer).hasToString(Long.toString(number));
    }
    writer.clear();
    writer.beginArray().value(1.5).value(1e300).value(Double.NaN).value(-1 / 0.0).endArray();
    assertThat(writer).hasToString("[1.5,1.0E300,null,null]");
  }

  @Test
  void writesTextThatTheScannerReadsBack() {
    long seed = Documents.seed();
    var random = new SplittableRandom(seed);
    var scanner = new JsonScanner();
    for (int i = 0; i < 20_000; i++) {
      var text = new StringBuilder();
      for (int length = random.nextInt(20); length > 0; length--) {
        int bound = random.nextBoolean() ? 0x100 : random.nextBoolean() ? 0x3000 : 0x110000;
        int codePoint = random.nextInt(bound);
        text.appendCodePoint(codePoint >= 0xd800 && codePoint < 0xe000 ? 'x' : codePoint);
      }
      writer.clear();
      writer.beginObject().field(text.toString(), text.toString()).endObject();
      byte[] json = writer.toByteArray();
      scanner.reset(json, 0, json.length);
      scanner.enterObject();
      scanner.nextField();
      scanner.skipValue();
      assertThat(scanner.text()).as("seed %d", seed).isEqualTo(text.toString());
      assertThat(scanner.fieldName()).as("seed %d", seed).isEqualTo(text.toString());
      scanner.leaveTo(0);
      scanner.end();
    }
  }
}
