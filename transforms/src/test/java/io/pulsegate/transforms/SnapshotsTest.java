package io.pulsegate.transforms;

import io.pulsegate.testkit.TransformSnapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What each transform makes of events: the files beside this class.
final class SnapshotsTest {
  @TestFactory
  Stream<DynamicTest> makesOfEventsWhatTheSnapshotsSay() throws IOException {
    TinyDatabase.write(Path.of("target/geoip.mmdb"));
    return Stream.of(
            "field_normalizer",
            "field_normalizer_strict",
            "pii_scrubber",
            "pii_scrubber_gdpr",
            "pii_scrubber_hipaa",
            "pii_scrubber_drop",
            "ip_anonymizer",
            "ip_anonymizer_hash",
            "filter_drop",
            "filter_keep",
            "bot_detector",
            "bot_detector_drop",
            "router",
            "geoip_enricher",
            "geoip_enricher_without_file",
            "user_agent_parser",
            "schema_validator",
            "schema_validator_strict")
        .flatMap(name -> TransformSnapshots.in(SnapshotsTest.class, name + ".json"));
  }
}
