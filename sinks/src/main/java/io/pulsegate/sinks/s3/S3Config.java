package io.pulsegate.sinks.s3;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Settings of the S3 sink.
///
/// @param endpoint of a store that is not Amazon's
/// @param credentials where empty, as the SDK finds them (environment, instance, container)
/// @param objectBytes of events, before compression, after which objects are sent
/// @param objectEvents after about how many objects are sent
/// @param objectAge after which objects are sent; zero: each batch at once
record S3Config(
    Optional<URI> endpoint,
    String region,
    BucketTemplate buckets,
    Optional<Credentials> credentials,
    boolean pathStyle,
    KeyTemplate key,
    ObjectFormat format,
    long objectBytes,
    int objectEvents,
    Duration objectAge,
    int partBytes) {
  static final Setting<URI> ENDPOINT =
      Setting.uri("endpoint", "Address of the store. Default: Amazon's, by region.").asOptional();
  static final Setting<String> REGION =
      Setting.string("region", "Region of the buckets.").orElse("us-east-1");
  static final Setting<String> BUCKET =
      Setting.string(
          "bucket",
          "Bucket the objects go into; {tenant} stands for the tenant's id. Buckets must exist.");
  static final Setting<String> BUCKETS =
      Setting.string(
              "buckets", "Other buckets for some tenants: tenant=bucket, separated by blanks.")
          .orElse("");
  static final Setting<String> ACCESS_KEY =
      Setting.string(
              "access_key",
              "Id of the access key. Default: as the AWS SDK finds it (environment, container,"
                  + " instance).")
          .asOptional();
  static final Setting<String> SECRET_KEY =
      Setting.string("secret_key", "Secret of the access key.").asSecret().asOptional();
  static final Setting<Boolean> PATH_STYLE =
      Setting.bool(
              "path_style",
              "Whether the bucket stands in the path. Default: with an endpoint, yes.")
          .asOptional();
  static final Setting<String> KEY =
      Setting.string(
              "key",
              "Name of an object. Parts: {tenant} {type} {date} {year} {month} {day} {hour} of the"
                  + " receive time, {first} {last} offset, {time} of the first event, {ext}.")
          .orElse("events/{tenant}/{date}/{time}_{first}-{last}.{ext}");
  static final Setting<ObjectFormat.Kind> FORMAT =
      Setting.choice(
              "format",
              ObjectFormat.Kind.class,
              "A JSON object a line, one JSON array, or a Parquet file.")
          .orElse("ndjson");
  static final Setting<ObjectFormat.Compression> COMPRESSION =
      Setting.choice(
              "compression",
              ObjectFormat.Compression.class,
              "How objects are compressed; in Parquet, the pages.")
          .orElse("none");
  static final Setting<Long> OBJECT_SIZE =
      Setting.size(
              "object_size",
              "Events, in bytes of JSON over all tenants, after which objects are sent; at most"
                  + " 4GiB.")
          .orElse("64MiB");
  static final Setting<Integer> OBJECT_EVENTS =
      Setting.integer(
              "object_events",
              1,
              Integer.MAX_VALUE,
              "Events over all tenants after which objects are sent; up to one batch more may be in"
                  + " them. Default: as many as come.")
          .asOptional();
  static final Setting<Duration> OBJECT_AGE =
      Setting.duration(
              "object_age", "Time after which objects are sent; 0 sends each batch at once.")
          .orElse("1m");
  static final Setting<Long> PART_SIZE =
      Setting.size("part_size", "Objects above it are sent in parts of this size, 5MiB to 256MiB.")
          .orElse("8MiB");

  static final ComponentSpec<S3Config> SPEC =
      new ComponentSpec<>(
          "s3",
          "Delivers objects to S3 or a store that speaks it, exactly once.",
          List.of(
              ENDPOINT,
              REGION,
              BUCKET,
              BUCKETS,
              ACCESS_KEY,
              SECRET_KEY,
              PATH_STYLE,
              KEY,
              FORMAT,
              COMPRESSION,
              OBJECT_SIZE,
              OBJECT_EVENTS,
              OBJECT_AGE,
              PART_SIZE),
          S3Config::read);

  /// An access key.
  record Credentials(String accessKey, String secretKey) {
    @Override
    public String toString() {
      return "access key " + accessKey;
    }
  }

  private static S3Config read(Settings settings) {
    Optional<URI> endpoint = settings.find(ENDPOINT);
    endpoint.ifPresent(uri -> {
      if (uri.getHost() == null || !uri.toString().matches("https?://.*")) {
        throw new IllegalArgumentException("endpoint is an http or https address");
      }
    });
    Optional<String> accessKey = settings.find(ACCESS_KEY);
    Optional<String> secretKey = settings.find(SECRET_KEY);
    if (accessKey.isPresent() != secretKey.isPresent()) {
      throw new IllegalArgumentException("access_key and secret_key come together or not at all");
    }
    long partBytes = inRange(PART_SIZE, settings.get(PART_SIZE), 5 << 20, 256 << 20);
    return new S3Config(
        endpoint,
        settings.get(REGION),
        new BucketTemplate(settings.get(BUCKET), buckets(settings.get(BUCKETS))),
        accessKey.map(key -> new Credentials(key, secretKey.orElseThrow())),
        settings.find(PATH_STYLE).orElse(endpoint.isPresent()),
        template(settings.get(KEY)),
        new ObjectFormat(settings.get(FORMAT), settings.get(COMPRESSION)),
        inRange(OBJECT_SIZE, settings.get(OBJECT_SIZE), 1, 4L << 30),
        settings.find(OBJECT_EVENTS).orElse(Integer.MAX_VALUE),
        age(settings.get(OBJECT_AGE)),
        (int) partBytes);
  }

  private static KeyTemplate template(String text) {
    try {
      return new KeyTemplate(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("key " + e.getMessage(), e);
    }
  }

  private static Duration age(Duration age) {
    if (age.isNegative() || age.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("object_age is 0 to 1d, was " + age);
    }
    return age;
  }

  private static long inRange(Setting<Long> setting, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "%s is %d to %d bytes, was %d".formatted(setting.name(), min, max, value));
    }
    return value;
  }

  private static Map<String, String> buckets(String text) {
    var buckets = new HashMap<String, String>();
    for (String pair : text.strip().split("\\s+", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        buckets.put(pair.substring(0, equals), pair.substring(equals + 1));
      } else if (!pair.isEmpty()) {
        throw new IllegalArgumentException(
            "buckets is tenant=bucket, separated by blanks; was \"" + pair + "\"");
      }
    }
    return buckets;
  }
}
