package io.pulsegate.server.tenants;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashMarksTest {
  private static final long BAD = CrashMarks.key("a into db", "bad");
  private static final long OTHER = CrashMarks.key("a into db", "other");

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("marks");
  }

  /// A process that ends while these are under way.
  private void endAt(long... keys) {
    CrashMarks marks = CrashMarks.open(file);
    for (long key : keys) {
      assertThat(marks.begin(key)).isNotNegative();
    }
  }

  @Test
  void givesUpWhatTheProcessEndedAtThreeTimesInARow() {
    endAt(BAD, OTHER);
    endAt(BAD);
    assertThat(CrashMarks.open(file).endsTheProcess(BAD)).isFalse();
    endAt(BAD, OTHER);
    // The end of the process in between left nothing: it counts from the start again.
    endAt(BAD);
    endAt(BAD);
    CrashMarks marks = CrashMarks.open(file);
    assertThat(marks.endsTheProcess(BAD)).isTrue();
    assertThat(marks.endsTheProcess(OTHER)).isFalse();
  }

  @Test
  void remembersWhatIsGivenUp() {
    endAt(BAD);
    endAt(BAD);
    endAt(BAD);
    endAt(OTHER);
    assertThat(CrashMarks.open(file).endsTheProcess(BAD)).isTrue();
  }

  @Test
  void blamesNothingThatCameToAnEndAndNothingInAnOrderlyStop() {
    for (int i = 0; i < 5; i++) {
      CrashMarks marks = CrashMarks.open(file);
      int place = marks.begin(BAD);
      marks.done(place);
      int _ = marks.begin(OTHER);
      marks.close();
    }
    CrashMarks marks = CrashMarks.open(file);
    assertThat(marks.endsTheProcess(BAD)).isFalse();
    assertThat(marks.endsTheProcess(OTHER)).isFalse();
  }

  @Test
  void goesOnWithoutANoteWhereAllPlacesAreTaken() {
    CrashMarks marks = CrashMarks.open(file);
    for (int i = 0; i < 64; i++) {
      assertThat(marks.begin(i + 1)).isNotNegative();
    }
    int none = marks.begin(BAD);
    assertThat(none).isNegative();
    marks.done(none);
  }
}
