package io.pulsegate.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The scanner against Jackson. `-Dseed=...` repeats a run, `-Ddocuments=...` makes it longer.
class JsonDifferentialTest {
  private static final int DOCUMENTS = Integer.getInteger("documents", 60_000);

  private final long seed = Documents.seed();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final Documents documents = new Documents(random);
  private final JsonScanner scanner = new JsonScanner();

  @Test
  void readsWhatJacksonReadsAndRefusesWhatItRefuses() {
    int accepted = 0;
    for (int i = 0; i < DOCUMENTS; i++) {
      byte[] document = documents.valid();
      if (i % 4 != 0) {
        document = documents.damaged(document);
      }
      accepted += compare(document) ? 1 : 0;
    }
    // Both verdicts must be well represented, or the comparison shows little.
    assertThat(accepted).as("seed %d", seed).isBetween(DOCUMENTS / 4, DOCUMENTS * 3 / 4);
  }

  private boolean compare(byte[] document) {
    String about = "seed " + seed + ", document " + describe(document);
    byte[] surrounded = surrounded(document);
    Optional<List<String>> tokens = walked(surrounded, document.length);
    Optional<Integer> flags = skipped(surrounded, document.length);
    assertThat(flags.isPresent()).as("skipped as walked: %s", about).isEqualTo(tokens.isPresent());
    Optional<List<String>> reference = Reference.tokens(document);
    // Jackson refuses lone surrogates in names, though RFC 8259 allows them.
    boolean loneSurrogate = (flags.orElse(0) & JsonFlags.LONE_SURROGATE) != 0;
    if (reference.isPresent() || !loneSurrogate) {
      assertThat(tokens).as(about).isEqualTo(reference);
    }
    return tokens.isPresent();
  }

  /// The document in the middle of bytes that could complete it, at a random distance from the
  /// start and the end of the array.
  private byte[] surrounded(byte[] document) {
    int before = random.nextInt(10);
    byte[] bytes = new byte[before + document.length + random.nextInt(10)];
    Arrays.fill(bytes, (byte) "\"]}, 0".charAt(random.nextInt(6)));
    System.arraycopy(document, 0, bytes, before, document.length);
    from = before;
    return bytes;
  }

  private int from;

  private Optional<List<String>> walked(byte[] bytes, int length) {
    try {
      return Optional.of(Walk.tokens(bytes, from, from + length));
    } catch (JsonException e) {
      assertThat(e.offsetBytes()).as("seed %d", seed).isBetween(0, length);
      return Optional.empty();
    }
  }

  private Optional<Integer> skipped(byte[] bytes, int length) {
    try {
      scanner.reset(bytes, from, from + length);
      scanner.skipValue();
      scanner.end();
      return Optional.of(scanner.flags());
    } catch (JsonException e) {
      return Optional.empty();
    }
  }

  private static String describe(byte[] document) {
    String text = new String(document, StandardCharsets.UTF_8);
    return text + " = " + HexFormat.of().formatHex(document);
  }
}
