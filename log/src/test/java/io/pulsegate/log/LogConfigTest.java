package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LogConfigTest {
  @Test
  void hasItsDefaults() {
    assertThat(LogConfig.defaults())
        .isEqualTo(
            new LogConfig(
                268_435_456, 4_194_304, 1_114_112, 33_554_432, 67_108_864, 262_144, true, true, 4));
  }

  @Test
  void refusesSizesThatCannotWork() {
    LogConfig config = LogConfig.defaults();
    assertThatThrownBy(() -> config.withMaxBodyBytes(4 << 20)).hasMessageContaining("4194304");
    assertThatThrownBy(() -> config.withPendingBytesMax(1 << 20))
        .hasMessageContaining("cannot hold a body");
    assertThatThrownBy(() -> config.withCommitBytesMax(10_000)).hasMessageContaining("10000");
    assertThatThrownBy(() -> config.withCommitBytesMax(8 << 20)).hasMessageContaining("8388608");
    assertThatThrownBy(() -> config.withSegmentBytes(0)).hasMessageContaining("positive");
    assertThat(config.withCommitBytesMax(64 << 10).maxBodyBytes()).isEqualTo(61_440);
  }
}
