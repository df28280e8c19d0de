package io.pulsegate.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.CursorRecord.Straggler;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorRecordTest {
  private static final Straggler SHOP = new Straggler(LaneKey.parse("shop-1.eu#3"), 12);
  private static final Straggler DEMO = new Straggler(LaneKey.parse("demo#1"), Long.MAX_VALUE);

  @Test
  void readsBackTheTextOfItsStragglers() {
    for (List<Straggler> stragglers :
        List.of(List.<Straggler>of(), List.of(SHOP), List.of(SHOP, DEMO))) {
      CursorRecord cursor = new CursorRecord(1, 20, 3, 4, 5, stragglers);
      assertThat(CursorRecord.parseStragglers(cursor.stragglersText())).isEqualTo(stragglers);
    }
    assertThat(new CursorRecord(1, 20, 0, 0, 0, List.of(SHOP, DEMO)).stragglersText())
        .isEqualTo("shop-1.eu#3@12 demo#1@9223372036854775807");
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "demo#1", "demo@5", "demo#x@5", "demo#1@", "demo#1@x", "#1@5"})
  void refusesOtherText(String text) {
    assertThatThrownBy(() -> CursorRecord.parseStragglers(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void needsWhatItsSlowestStragglerNeeds() {
    assertThat(CursorRecord.startingAt(20).lowestNeeded()).isEqualTo(20);
    assertThat(new CursorRecord(1, 20, 0, 0, 0, List.of(DEMO, SHOP)).lowestNeeded()).isEqualTo(12);
  }

  @Test
  void changesItsOwnerAndNothingElse() {
    CursorRecord cursor = new CursorRecord(1, 20, 3, 4, 5, List.of(SHOP));
    assertThat(cursor.withFence(2)).isEqualTo(new CursorRecord(2, 20, 3, 4, 5, List.of(SHOP)));
  }

  @Test
  void holdsNoNegativeNumber() {
    assertThatThrownBy(() -> CursorRecord.startingAt(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new CursorRecord(0, 0, 0, -1, 0, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void movesForwardUnderOneOwner() {
    CursorKey key = new CursorKey("log", "sink", 0);
    CursorRecord at5 = CursorRecord.startingAt(5);
    CursorRecord at4 = CursorRecord.startingAt(4);
    assertThat(new CursorMove(key, at4, at5).to().head()).isEqualTo(5);
    assertThatThrownBy(() -> new CursorMove(key, at5, at4))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new CursorMove(key, at4, at5.withFence(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
