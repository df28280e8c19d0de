package io.pulsegate.sinks.s3;

import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Unavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// The store, in the words of the sink. Throws what the SDK throws. Any thread; an upload in parts
/// is one thread's.
final class ObjectStore implements AutoCloseable {
  private static final java.time.Duration CONNECT_TIMEOUT = java.time.Duration.ofSeconds(5);
  private static final java.time.Duration SOCKET_TIMEOUT = java.time.Duration.ofSeconds(30);
  private static final java.time.Duration CALL_TIMEOUT = java.time.Duration.ofMinutes(2);

  private final S3Config config;
  private final S3Client client;

  /// Where an object is.
  record Name(String bucket, String key) {}

  ObjectStore(S3Config config) {
    this.config = config;
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(config.region()))
            .forcePathStyle(config.pathStyle())
            .overrideConfiguration(override -> override.apiCallAttemptTimeout(CALL_TIMEOUT))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .socketTimeout(SOCKET_TIMEOUT));
    config.endpoint().ifPresent(builder::endpointOverride);
    config
        .credentials()
        .ifPresent(each ->
            builder.credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(each.accessKey(), each.secretKey()))));
    this.client = builder.build();
  }

  /// Whether something is wrong with a bucket that does not pass by itself.
  Optional<Unavailable> troubleWith(String bucket) {
    try {
      var _ = client.headBucket(request -> request.bucket(bucket));
      return Optional.empty();
    } catch (S3Exception answer) {
      return Optional.of(S3Errors.of(answer)).filter(it -> it.cause() == Cause.MISCONFIGURED);
    }
  }

  /// Stores an object whole.
  void put(Name name, byte[] bytes) {
    client.putObject(
        request ->
            request
                .bucket(name.bucket())
                .key(name.key())
                .contentType(config.format().contentType()),
        RequestBody.fromBytes(bytes));
  }

  /// Begins an object in parts. What an earlier try has left of it is thrown away.
  Upload begin(Name name) {
    abortUnfinished(name);
    String id =
        client
            .createMultipartUpload(request ->
                request
                    .bucket(name.bucket())
                    .key(name.key())
                    .contentType(config.format().contentType()))
            .uploadId();
    return new Upload(name, id);
  }

  private void abortUnfinished(Name name) {
    List<MultipartUpload> unfinished =
        client
            .listMultipartUploads(request -> request.bucket(name.bucket()).prefix(name.key()))
            .uploads();
    for (MultipartUpload each : unfinished) {
      if (each.key().equals(name.key())) {
        abort(name, each.uploadId());
      }
    }
  }

  private void abort(Name name, String id) {
    client.abortMultipartUpload(
        request -> request.bucket(name.bucket()).key(name.key()).uploadId(id));
  }

  /// An object that is seen by nobody until [#complete].
  final class Upload {
    private final Name name;
    private final String id;
    private final List<CompletedPart> parts = new ArrayList<>();

    private Upload(Name name, String id) {
      this.name = name;
      this.id = id;
    }

    void part(byte[] bytes) {
      int number = parts.size() + 1;
      String tag =
          client
              .uploadPart(
                  request ->
                      request.bucket(name.bucket()).key(name.key()).uploadId(id).partNumber(number),
                  RequestBody.fromBytes(bytes))
              .eTag();
      parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
    }

    void complete() {
      client.completeMultipartUpload(request ->
          request
              .bucket(name.bucket())
              .key(name.key())
              .uploadId(id)
              .multipartUpload(upload -> upload.parts(parts)));
    }

    void abort() {
      ObjectStore.this.abort(name, id);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
