package io.pulsegate.sinks.kafka;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventCursor;
import io.pulsegate.api.TenantId;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A text with fields of the event in it: `web-{tenant}`. One thread at a time.
final class Template {
  private static final Pattern PLACE = Pattern.compile("\\{([^{}]*)\\}");
  private static final String PAYLOAD_PREFIX = Field.PAYLOAD.text() + ".";

  /// One part: a text as it is, or a field.
  private sealed interface Part {
    record Literal(String text) implements Part {}

    record Of(Field field) implements Part {}

    record OfPayload(PayloadField field) implements Part {}
  }

  private final String source;
  private final List<Part> parts;

  private Template(String source, List<Part> parts) {
    this.source = source;
    this.parts = List.copyOf(parts);
  }

  /// Reads a template.
  ///
  /// @param allowed fields that may stand in it
  /// @throws IllegalArgumentException saying what is wrong, without a subject
  static Template parse(String text, Set<Field> allowed) {
    List<Part> parts = new ArrayList<>();
    Matcher matcher = PLACE.matcher(text);
    int end = 0;
    while (matcher.find()) {
      literal(text.substring(end, matcher.start())).ifPresent(parts::add);
      parts.add(field(matcher.group(1), allowed));
      end = matcher.end();
    }
    literal(text.substring(end)).ifPresent(parts::add);
    return new Template(text, parts);
  }

  private static Optional<Part> literal(String text) {
    if (text.contains("{") || text.contains("}")) {
      throw new IllegalArgumentException("has a brace without its partner: \"" + text + "\"");
    }
    return text.isEmpty() ? Optional.empty() : Optional.of(new Part.Literal(text));
  }

  private static Part field(String name, Set<Field> allowed) {
    if (name.startsWith(PAYLOAD_PREFIX) && allowed.contains(Field.PAYLOAD)) {
      return new Part.OfPayload(new PayloadField(name.substring(PAYLOAD_PREFIX.length())));
    }
    return allowed.stream()
        .filter(field -> field != Field.PAYLOAD && field.text().equals(name))
        .findFirst()
        .<Part>map(Part.Of::new)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "may hold %s, was \"{%s}\"".formatted(names(allowed), name)));
  }

  private static String names(Set<Field> allowed) {
    return allowed.stream()
        .sorted()
        .map(field -> field == Field.PAYLOAD ? "{payload.name}" : "{" + field.text() + "}")
        .collect(Collectors.joining(", "));
  }

  /// Whether it is the same for every event.
  boolean isConstant() {
    return parts.stream().allMatch(Part.Literal.class::isInstance);
  }

  /// Whether it is empty for every event.
  boolean isEmpty() {
    return parts.isEmpty();
  }

  /// Whether it is one field and nothing else.
  boolean isOnly(Field field) {
    return parts.equals(List.of(new Part.Of(field)));
  }

  /// Its text for every event of a tenant; empty where it differs between them.
  Optional<String> ofTenant(TenantId tenant) {
    var text = new StringBuilder();
    for (Part part : parts) {
      switch (part) {
        case Part.Literal(String literal) -> text.append(literal);
        case Part.Of(Field field) when field == Field.TENANT -> text.append(tenant.value());
        case Part.Of _, Part.OfPayload _ -> {
          return Optional.empty();
        }
      }
    }
    return Optional.of(text.toString());
  }

  /// Its text for an event, in UTF-8; empty where the event lacks a field, or all is empty.
  Optional<byte[]> of(EventCursor event) {
    if (parts.size() == 1) {
      return value(parts.getFirst(), event);
    }
    var out = new ByteArrayOutputStream();
    for (Part part : parts) {
      Optional<byte[]> value = value(part, event);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      out.writeBytes(value.get());
    }
    return out.size() == 0 ? Optional.empty() : Optional.of(out.toByteArray());
  }

  private static Optional<byte[]> value(Part part, EventCursor event) {
    EventBlock block = event.block();
    int i = event.index();
    return switch (part) {
      case Part.Literal(String text) -> Optional.of(utf8(text));
      case Part.OfPayload(PayloadField field) -> field.of(event);
      case Part.Of(Field field) ->
          switch (field) {
            case TENANT -> Optional.of(utf8(event.tenant().value()));
            case EVENT_TYPE -> range(block, block.typeFrom(i), block.typeLength(i));
            case EVENT_ID -> range(block, block.idFrom(i), block.idLength(i));
            case PARTITION_KEY ->
                range(
                    block,
                    block.optionalFrom(EventBlock.OptionalField.PARTITION_KEY, i),
                    block.optionalLength(EventBlock.OptionalField.PARTITION_KEY, i));
            case DIALECT -> Optional.of(utf8(block.dialect()));
            case SOURCE -> Optional.of(utf8(block.source().text()));
            case PAYLOAD -> throw new IllegalStateException("a payload field has a path");
          };
    };
  }

  private static Optional<byte[]> range(EventBlock block, int from, int length) {
    return length == 0
        ? Optional.empty()
        : Optional.of(Arrays.copyOfRange(block.bytes(), from, from + length));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// As it was written.
  @Override
  public String toString() {
    return source;
  }
}
