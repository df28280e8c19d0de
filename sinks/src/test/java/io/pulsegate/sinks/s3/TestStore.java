package io.pulsegate.sinks.s3;

import io.pulsegate.api.Metrics;
import io.pulsegate.api.Settings;
import io.pulsegate.api.SinkContext;
import io.pulsegate.sinks.encode.StoredJson;
import io.pulsegate.testkit.FakeClock;
import io.pulsegate.testkit.StoredEvent;
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
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A real S3 server (S3Proxy) on loopback, in memory, one for all tests; a bucket for each.
final class TestStore {
  private static final String KEY = "test-key";
  private static final String SECRET = "test-secret";
  private static final AtomicInteger BUCKETS = new AtomicInteger();

  final FakeClock clock = FakeClock.atNoon();
  final String bucket = "bucket-" + BUCKETS.incrementAndGet();

  TestStore() {
    Holder.CLIENT.createBucket(request -> request.bucket(bucket));
  }

  private static final class Holder {
    static final URI ENDPOINT = start();
    static final S3Client CLIENT =
        S3Client.builder()
            .endpointOverride(ENDPOINT)
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET)))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();

    private static URI start() {
      var properties = new Properties();
      properties.setProperty("s3proxy.endpoint", "http://127.0.0.1:0");
      properties.setProperty("s3proxy.authorization", "aws-v2-or-v4");
      properties.setProperty("s3proxy.identity", KEY);
      properties.setProperty("s3proxy.credential", SECRET);
      try {
        S3Proxy proxy =
            S3Proxy.Builder.fromProperties(properties)
                .blobStore(new TransientNio2BlobStore())
                .build();
        proxy.start();
        return URI.create("http://127.0.0.1:" + proxy.getPort());
      } catch (Exception e) {
        throw new IllegalStateException("S3Proxy does not start", e);
      }
    }
  }

  static URI endpoint() {
    return Holder.ENDPOINT;
  }

  static S3Client client() {
    return Holder.CLIENT;
  }

  S3Sink sink(Path folder, Map<String, String> settings) {
    return new S3Sink(
        config(settings), new SinkContext("lake", folder, 1 << 20, clock, Metrics.NONE));
  }

  S3Config config(Map<String, String> settings) {
    var all =
        new HashMap<>(
            Map.of(
                "endpoint", endpoint().toString(),
                "bucket", bucket,
                "access_key", KEY,
                "secret_key", SECRET,
                "object_age", "0"));
    all.putAll(settings);
    return S3Config.SPEC.reader().apply(new Settings(all));
  }

  List<String> keys() {
    return keys(bucket);
  }

  List<String> keys(String of) {
    return client().listObjectsV2Paginator(request -> request.bucket(of)).contents().stream()
        .map(S3Object::key)
        .toList();
  }

  byte[] bytes(String key) {
    return client().getObjectAsBytes(request -> request.bucket(bucket).key(key)).asByteArray();
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
    return client().listMultipartUploads(request -> request.bucket(bucket)).uploads().size();
  }
}
