package io.pulsegate.core.transform;

import io.pulsegate.api.TransformEvent;
import io.pulsegate.core.Route.Condition;
import io.pulsegate.core.Route.FieldTest;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonArray;
import io.pulsegate.json.JsonValue.JsonBoolean;
import io.pulsegate.json.JsonValue.JsonNull;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Whether an event takes a route, as [Condition] says it.
public final class RouteCondition implements Predicate<TransformEvent> {
  private final List<Pattern> types;
  private final List<FieldTest> tests;

  public RouteCondition(Condition condition) {
    this.types = condition.types().stream().map(RouteCondition::glob).toList();
    this.tests = condition.fields();
  }

  private static Pattern glob(String text) {
    return Pattern.compile(
        Arrays.stream(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
        Pattern.DOTALL);
  }

  @Override
  public boolean test(TransformEvent event) {
    boolean ofType =
        types.isEmpty() || types.stream().anyMatch(type -> type.matcher(event.type()).matches());
    return ofType && tests.stream().allMatch(test -> holds(test, event.payload()));
  }

  private static boolean holds(FieldTest test, JsonObject payload) {
    Optional<JsonValue> value = payload.at(test.path());
    return switch (test.kind()) {
      case EXISTS -> value.isPresent();
      case ABSENT -> value.isEmpty();
      case IN -> value.flatMap(RouteCondition::text).filter(test.values()::contains).isPresent();
      case NOT_IN -> value.flatMap(RouteCondition::text).filter(test.values()::contains).isEmpty();
    };
  }

  private static Optional<String> text(JsonValue value) {
    return switch (value) {
      case JsonText(String text) -> Optional.of(text);
      case JsonNumber(String digits) -> Optional.of(digits);
      case JsonBoolean(boolean flag) -> Optional.of(Boolean.toString(flag));
      case JsonNull _, JsonArray _, JsonObject _ -> Optional.empty();
    };
  }
}
