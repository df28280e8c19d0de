package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryPlanTest {
  private static final long MIB = 1L << 20;

  @Test
  void neverThrottlesTheLargestRequestWhenItComesAlone() {
    long inflatedMax = 32 * MIB;
    long sentMax = 10 * MIB;
    for (long totalMib : new long[] {256, 512, 4096}) {
      MemoryPlan plan = MemoryPlan.of(totalMib * MIB, totalMib / 2 * MIB, 1, inflatedMax);
      assertThat(plan.inFlightPerTenantBytes()).isGreaterThan(sentMax + inflatedMax);
      assertThat(plan.inFlightBytes()).isGreaterThanOrEqualTo(plan.inFlightPerTenantBytes());
    }
  }

  @Test
  void leavesRoomForWhatIsNeitherHeapNorSink() {
    for (long totalMib : new long[] {512, 768, 4096}) {
      MemoryPlan plan = MemoryPlan.of(totalMib * MIB, totalMib / 2 * MIB, 1, 32 * MIB);
      assertThat(plan.totalBytes() - plan.heapBytes() - plan.sinkBytes())
          .isGreaterThanOrEqualTo(150 * MIB);
    }
    assertThat(MemoryPlan.of(256 * MIB, 128 * MIB, 1, 32 * MIB).sinkBytes()).isEqualTo(64 * MIB);
  }
}
