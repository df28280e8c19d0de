package io.pulsegate.testkit.stores;

import java.net.URI;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A real S3 server (S3Proxy) on loopback, in memory, in this process. Any thread.
public final class TestS3 implements AutoCloseable {
  /// The one access key.
  public static final String ACCESS_KEY = "test-key";

  /// Its secret.
  public static final String SECRET_KEY = "test-secret";

  private static final AtomicInteger BUCKETS = new AtomicInteger();

  private final S3Proxy proxy;
  private final S3Client client;

  private TestS3() {
    var properties = new Properties();
    properties.setProperty("s3proxy.endpoint", "http://127.0.0.1:0");
    properties.setProperty("s3proxy.authorization", "aws-v2-or-v4");
    properties.setProperty("s3proxy.identity", ACCESS_KEY);
    properties.setProperty("s3proxy.credential", SECRET_KEY);
    try {
      proxy =
          S3Proxy.Builder.fromProperties(properties)
              .blobStore(new TransientNio2BlobStore())
              .build();
      proxy.start();
    } catch (Exception e) {
      throw new IllegalStateException("S3Proxy does not start", e);
    }
    client = client(proxy.getPort());
  }

  /// A client with the one key, over a port that leads to the server.
  public static S3Client client(int port) {
    return S3Client.builder()
        .endpointOverride(URI.create("http://127.0.0.1:" + port))
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  /// A new server.
  public static TestS3 start() {
    return new TestS3();
  }

  /// A server for all tests of this JVM; each takes a [#newBucket].
  public static TestS3 shared() {
    return Shared.SERVER;
  }

  /// Where it listens.
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /// The port it listens on.
  public int port() {
    return proxy.getPort();
  }

  /// A client with the one key.
  public S3Client client() {
    return client;
  }

  /// Makes an empty bucket.
  ///
  /// @return its name
  public String newBucket() {
    String name = "bucket-" + BUCKETS.incrementAndGet();
    client.createBucket(request -> request.bucket(name));
    return name;
  }

  /// What the listing of a bucket shows.
  public List<String> keys(String bucket) {
    return client.listObjectsV2Paginator(request -> request.bucket(bucket)).contents().stream()
        .map(S3Object::key)
        .toList();
  }

  /// An object, whole.
  public byte[] bytes(String bucket, String key) {
    return client.getObjectAsBytes(request -> request.bucket(bucket).key(key)).asByteArray();
  }

  /// Names of the objects with uploads in parts that were begun, and neither completed nor aborted.
  public List<String> unfinishedUploads(String bucket) {
    return client.listMultipartUploads(request -> request.bucket(bucket)).uploads().stream()
        .map(MultipartUpload::key)
        .toList();
  }

  @Override
  public void close() {
    client.close();
    try {
      proxy.stop();
    } catch (Exception e) {
      throw new IllegalStateException("S3Proxy does not stop", e);
    }
  }

  private static final class Shared {
    static final TestS3 SERVER = start();
  }
}
