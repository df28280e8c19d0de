package io.pulsegate.sinks.s3;

import io.pulsegate.api.Metrics;
import io.pulsegate.api.Settings;
import io.pulsegate.api.SinkContext;
import io.pulsegate.sinks.encode.StoredJson;
import io.pulsegate.testkit.FakeClock;
import io.pulsegate.testkit.StoredEvent;
import io.pulsegate.testkit.stores.TestS3;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import software.amazon.awssdk.services.s3.S3Client;

/// A real S3 server (S3Proxy) on loopback, in memory, one for all tests; a bucket for each.
final class TestStore {
  final FakeClock clock = FakeClock.atNoon();
  final String bucket = TestS3.shared().newBucket();

  static URI endpoint() {
    return TestS3.shared().endpoint();
  }

  static S3Client client() {
    return TestS3.shared().client();
  }

  S3Sink sink(Path folder, Map<String, String> settings) {
    return new S3Sink(
        config(settings), new SinkContext("lake", folder, 1 << 20, clock, Metrics.NONE));
  }

  S3Config config(Map<String, String> settings) {
    var all =
        new HashMap<>(
            Map.of(
                "endpoint",
                endpoint().toString(),
                "bucket",
                bucket,
                "access_key",
                TestS3.ACCESS_KEY,
                "secret_key",
                TestS3.SECRET_KEY,
                "object_age",
                "0"));
    all.putAll(settings);
    return S3Config.SPEC.reader().apply(new Settings(all));
  }

  List<String> keys() {
    return keys(bucket);
  }

  List<String> keys(String of) {
    return TestS3.shared().keys(of);
  }

  byte[] bytes(String key) {
    return TestS3.shared().bytes(bucket, key);
  }

  /// All events in NDJSON objects, ordered by offset.
  List<StoredEvent> stored() throws IOException {
    List<StoredEvent> events = new ArrayList<>();
    for (String key : keys()) {
      byte[] bytes = bytes(key);
      if (key.endsWith(".gz")) {
        bytes = new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
      }
      new String(bytes, StandardCharsets.UTF_8).lines().map(StoredJson::parse).forEach(events::add);
    }
    events.sort(Comparator.comparingLong(StoredEvent::offset));
    return events;
  }

  int unfinishedUploads() {
    return TestS3.shared().unfinishedUploads(bucket).size();
  }
}
