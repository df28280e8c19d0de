package io.pulsegate.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;

/// Random documents, valid and damaged, from a seeded generator.
final class Documents {
  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "event_id",
          "plain text of some length, longer than a few words",
          "\\\"",
          "\\\\",
          "\\/\\b\\f\\n\\r\\t",
          "\\u0041",
          "\\u00e9\\u4E2d",
          "\\ud83d\\ude00",
          "\\u0000",
          "\\ud800",
          "\\udc00\\ud800",
          "\\ud800\\ud800\\udc00",
          "\u007f",
          "é",
          "Жёлтый",
          "日本語",
          "😀",
          "\uffff",
          "\u0800\ud7ff\ue000");
  private static final List<String> NUMBERS =
      words(
          "0 -0 1 42 -17 1760000000000 0.5 1.25e3 1E-7 1e400 -0.0e+0 123456789012345678901234567890"
              + " 1e131071 1e131072 1e-16383 1e-16384");
  private static final List<String> SPACES =
      List.of("", "", "", " ", "\n", "\r\n\t", "            ");

  /// Fragments that turn valid documents into nearly valid ones.
  private static final List<String> FRAGMENTS =
      words(
          "{ } [ ] , : \" \\ \\u \\ud800 \\u0000 0 - + . e E1 true false null NaN ' /*x*/ // {} [] \"\""
              + " {\"a\":1} [[[[[[[[ \0 \u0001 \u007f \n \r \t");

  /// Bytes at the edges of UTF-8.
  private static final int[] EDGES = {
    0x00, 0x1f, 0x20, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1,
    0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xfe, 0xff
  };

  private final RandomGenerator random;
  private final StringBuilder text = new StringBuilder();

  private static List<String> words(String text) {
    return List.of(text.split(" "));
  }

  Documents(RandomGenerator random) {
    this.random = random;
  }

  /// The seed to use: `-Dseed=...`, or a new one.
  static long seed() {
    return Long.getLong("seed", System.nanoTime());
  }

  byte[] valid() {
    text.setLength(0);
    spaces();
    value(1 + random.nextInt(5));
    spaces();
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void value(int depthLeft) {
    switch (random.nextInt(depthLeft > 0 ? 10 : 6)) {
      case 0, 1, 2 -> string();
      case 3, 4 -> text.append(pick(NUMBERS));
      case 5 -> text.append(pick(List.of("true", "false", "null")));
      case 6, 7 -> {
        text.append('[');
        for (int i = random.nextInt(5); i > 0; i--) {
          spaces();
          value(depthLeft - 1);
          spaces();
          text.append(i > 1 ? "," : "");
        }
        spaces();
        text.append(']');
      }
      default -> {
        text.append('{');
        for (int i = random.nextInt(6); i > 0; i--) {
          spaces();
          string();
          spaces();
          text.append(':');
          spaces();
          value(depthLeft - 1);
          spaces();
          text.append(i > 1 ? "," : "");
        }
        spaces();
        text.append('}');
      }
    }
  }

  private void string() {
    text.append('"');
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(pick(TEXTS));
    }
    text.append('"');
  }

  private void spaces() {
    text.append(pick(SPACES));
  }

  private String pick(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }

  /// The document with one to three random changes.
  byte[] damaged(byte[] document) {
    byte[] bytes = document;
    for (int i = random.nextInt(3); i >= 0; i--) {
      bytes = damagedOnce(bytes);
    }
    return bytes;
  }

  private byte[] damagedOnce(byte[] bytes) {
    int at = random.nextInt(bytes.length + 1);
    int rest = bytes.length - at;
    int some = Math.min(rest, 1 + random.nextInt(4));
    byte[] edge = {(byte) EDGES[random.nextInt(EDGES.length)]};
    return switch (random.nextInt(6)) {
      case 0 -> splice(bytes, at, 0, pick(FRAGMENTS).getBytes(StandardCharsets.UTF_8));
      case 1 -> splice(bytes, at, some, pick(FRAGMENTS).getBytes(StandardCharsets.UTF_8));
      case 2 -> splice(bytes, at, 0, edge);
      case 3 -> splice(bytes, at, Math.min(rest, 1), edge);
      case 4 -> splice(bytes, at, some, new byte[0]);
      default -> splice(bytes, at, rest > 20 ? 0 : rest, new byte[0]);
    };
  }

  private static byte[] splice(byte[] bytes, int at, int removed, byte[] inserted) {
    var out = new ByteArrayOutputStream();
    out.write(bytes, 0, at);
    out.writeBytes(inserted);
    out.write(bytes, at + removed, bytes.length - at - removed);
    return out.toByteArray();
  }
}
