package io.pulsegate.json;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// What Jackson makes of a document, behind the checks it does not make itself: UTF-8, and no byte
/// order mark or other encoding.
final class Reference {
  private static final JsonFactory JACKSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(JsonLimits.DEFAULT.depthMax())
                  .maxNumberLength(JsonLimits.DEFAULT.numberBytesMax())
                  .build())
          .build();

  private Reference() {}

  /// The tokens as [Walk] names them, or empty when the document is refused.
  static Optional<List<String>> tokens(byte[] bytes) {
    if (!isPlainUtf8(bytes)) {
      return Optional.empty();
    }
    List<String> tokens = new ArrayList<>();
    try (JsonParser parser = JACKSON.createParser(ObjectReadContext.empty(), bytes)) {
      int depth = 0;
      int roots = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        tokens.add(name(token, parser));
        if (token.isStructEnd()) {
          depth--;
        } else if (depth == 0) {
          roots++;
        }
        if (token.isStructStart()) {
          depth++;
        }
      }
      return roots == 1 ? Optional.of(tokens) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static boolean isPlainUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    } catch (CharacterCodingException e) {
      return false;
    }
    // A byte order mark would begin with 0xef; a NUL among the first bytes makes Jackson guess
    // UTF-16.
    // Neither can begin a JSON text in UTF-8.
    for (int i = 0; i < Math.min(2, bytes.length); i++) {
      if (bytes[i] == 0 || (i == 0 && bytes[i] == (byte) 0xef)) {
        return false;
      }
    }
    return true;
  }

  private static String name(JsonToken token, JsonParser parser) {
    return switch (token) {
      case PROPERTY_NAME -> "name " + parser.currentName();
      case VALUE_STRING -> "string " + wellFormed(parser.getString());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "number " + parser.getString();
      default -> parser.getString();
    };
  }

  /// Lone surrogates replaced, as the scanner does.
  private static String wellFormed(String text) {
    var result = new StringBuilder();
    text.codePoints()
        .forEach(c -> result.appendCodePoint(c >= 0xd800 && c < 0xe000 ? Escapes.REPLACEMENT : c));
    return result.toString();
  }
}
