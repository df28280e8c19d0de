package io.pulsegate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Event;
import io.pulsegate.api.Source;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.core.Route.Condition;
import io.pulsegate.core.Route.FieldTest;
import io.pulsegate.core.Route.FieldTest.Kind;
import io.pulsegate.core.transform.RouteCondition;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteConditionTest {
  private static TransformEvent event(String type, String payload) {
    var received =
        new Event(
            "id",
            new TenantId("t"),
            type,
            Instant.EPOCH,
            Instant.EPOCH,
            payload,
            Source.HTTP,
            "native",
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new TransformEvent(
        received, type, (JsonObject) JsonValue.parse(payload), Optional.empty());
  }

  private static boolean holds(Condition condition, String type, String payload) {
    return new RouteCondition(condition).test(event(type, payload));
  }

  @Test
  void aStarStandsForAnyCharactersAndNothingElseIsAPattern() {
    var condition = new Condition(List.of("page.*", "a+b"), List.of());
    assertThat(holds(condition, "page.view", "{}")).isTrue();
    assertThat(holds(condition, "page.", "{}")).isTrue();
    assertThat(holds(condition, "pageXview", "{}")).isFalse();
    assertThat(holds(condition, "a+b", "{}")).isTrue();
    assertThat(holds(condition, "aab", "{}")).isFalse();
    assertThat(holds(Condition.ALWAYS, "anything", "{}")).isTrue();
  }

  @Test
  void everyFieldTestMustHold() {
    var condition =
        new Condition(
            List.of(),
            List.of(
                new FieldTest("user.plan", Kind.IN, Set.of("pro", "7", "true")),
                new FieldTest("debug", Kind.ABSENT, Set.of())));
    assertThat(holds(condition, "x", "{\"user\":{\"plan\":\"pro\"}}")).isTrue();
    assertThat(holds(condition, "x", "{\"user\":{\"plan\":7}}")).isTrue();
    assertThat(holds(condition, "x", "{\"user\":{\"plan\":true}}")).isTrue();
    assertThat(holds(condition, "x", "{\"user\":{\"plan\":\"free\"}}")).isFalse();
    assertThat(holds(condition, "x", "{\"user\":\"pro\"}")).isFalse();
    assertThat(holds(condition, "x", "{\"user\":{\"plan\":\"pro\"},\"debug\":null}")).isFalse();
  }

  @Test
  void whatIsNotThereIsNotAmongTheValues() {
    var condition =
        new Condition(List.of(), List.of(new FieldTest("country", Kind.NOT_IN, Set.of("DE"))));
    assertThat(holds(condition, "x", "{\"country\":\"FR\"}")).isTrue();
    assertThat(holds(condition, "x", "{}")).isTrue();
    assertThat(holds(condition, "x", "{\"country\":\"DE\"}")).isFalse();
  }
}
