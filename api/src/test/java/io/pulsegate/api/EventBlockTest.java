package io.pulsegate.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventBlockTest {
  @ParameterizedTest
  @CsvSource({
    "0, 2, version 2",
    "2, 55, stride 55",
    "4, 0, count 0",
    "7, 127, count",
    "8, 31, index at 31",
    "11, 127, index at",
    "14, 1, of"
  })
  void refusesAHeaderThatDoesNotFit(int at, byte value, String text) {
    EventBlock block = Encoding.block("a", "b");
    byte[] bytes = Arrays.copyOf(block.bytes(), block.sizeBytes());
    bytes[at] = value;

    assertThatThrownBy(() -> new EventBlock(bytes, 0, bytes.length))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text);
  }

  @Test
  void refusesABlockThatIsCutOff() {
    EventBlock block = Encoding.block("a", "b");
    for (int size = 0; size < block.sizeBytes(); size++) {
      int end = size;
      assertThatThrownBy(() -> new EventBlock(block.bytes(), 0, end))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(new EventBlock(block.bytes(), 0, block.sizeBytes()).count()).isEqualTo(2);
  }
}
