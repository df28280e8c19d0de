package com.example.urlcleaner;

import io.pulsegate.testkit.TransformSnapshots;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What it makes of events: the cases of the file beside this class.
class UrlCleanerTest {
  @TestFactory
  Stream<DynamicTest> makesOfEventsWhatTheSnapshotSays() {
    return TransformSnapshots.in(getClass(), "url_cleaner.json");
  }
}
