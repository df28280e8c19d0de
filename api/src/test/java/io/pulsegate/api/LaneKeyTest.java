package io.pulsegate.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaneKeyTest {
  @Test
  void readsBackItsText() {
    LaneKey lane = new LaneKey(new TenantId("shop_1.eu-west"), 7);
    assertThat(lane.toString()).isEqualTo("shop_1.eu-west#7");
    assertThat(LaneKey.parse(lane.toString())).isEqualTo(lane);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "demo", "demo#", "demo#0", "demo#-1", "#1", "a#b#1", "demo#x", " demo#1"})
  void refusesOtherText(String text) {
    assertThatThrownBy(() -> LaneKey.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".a", "-a", "_a", "a b", "a/b", "é", "a\n", "a#1", "{}"})
  void refusesNamesThatCouldNotStandInALabelOrAPath(String name) {
    assertThatThrownBy(() -> new TenantId(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void takesNamesOf64Characters() {
    assertThat(new TenantId("a".repeat(64)).value()).hasSize(64);
    assertThatThrownBy(() -> new TenantId("a".repeat(65)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
