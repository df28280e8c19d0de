package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TrimmerTest {
  private static final UUID LOG = new UUID(1, 2);

  private final SimulatedDisk disk = new SimulatedDisk();
  private final Segments segments =
      new Segments(
          disk, new Damage(), List.of(), new Tail(null, 0, 0, 0, Totals.ZERO), Optional.empty());

  /// The committer lists a segment and then makes it the tail's. Who lets go of what is old may
  /// come in between.
  @Test
  void leavesASegmentThatIsBegunAndNotTheTailsYet() throws IOException {
    Segment begun = segment(0);
    segments.add(begun);

    trimmer().release(Needs.nothingBelow(Long.MAX_VALUE));

    assertThat(segments.all()).containsValue(begun);
  }

  private Trimmer trimmer() {
    return new Trimmer(
        segments,
        new SegmentPool(disk, Logs.SMALL),
        new Parking(segments, Logs.SMALL),
        new OffsetMark(new CursorFile(disk, Identity.FILE), new Identity(LOG, 1, 0)),
        new SpaceGuard(disk, Logs.SMALL));
  }

  private static Segment segment(long firstOffset) {
    return new Segment(
        new SegmentHeader(
            LOG,
            new UUID(3, firstOffset),
            1,
            firstOffset,
            0,
            0,
            Totals.ZERO,
            SegmentHeader.Previous.NONE,
            0,
            0,
            0,
            0));
  }
}
