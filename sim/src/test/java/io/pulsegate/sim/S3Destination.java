package io.pulsegate.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.bench.load.EventShape;
import io.pulsegate.testkit.TcpLink;
import io.pulsegate.testkit.stores.TestS3;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A bucket, with objects large enough to be sent in parts.
final class S3Destination implements Destination {
  private static final Pattern ID = Pattern.compile("^\\{\"event_id\":\"([^\"]+)\"");
  private static final Pattern FIRST = Pattern.compile("_(\\d+)-\\d+\\.ndjson$");

  private final TestS3 store = TestS3.shared();
  private final String bucket = store.newBucket();
  private final TcpLink link = TcpLink.to(store.port());

  @Override
  public String settings() {
    return """
    type: s3
    endpoint: http://127.0.0.1:%d
    bucket: %s
    access_key: %s
    secret_key: %s
    object_age: 1s
    part_size: 5MiB
    """
        .formatted(link.port(), bucket, TestS3.ACCESS_KEY, TestS3.SECRET_KEY);
  }

  @Override
  public EventShape events() {
    return EventShape.LARGE;
  }

  @Override
  public void leave() {
    link.cut();
  }

  @Override
  public void comeBack() {
    link.mend();
  }

  /// Whether nothing is staged.
  @Override
  public boolean hasAll(Path folder) {
    return SourceTree.files(folder, file -> file.getFileName().toString().startsWith("window-"))
        .isEmpty();
  }

  @Override
  public List<String> ids() {
    return store.keys(bucket).stream()
        .sorted(Comparator.comparingLong(S3Destination::firstOffset))
        .flatMap(key -> new String(store.bytes(bucket, key), UTF_8).lines())
        .map(line -> found(ID, line))
        .toList();
  }

  private static long firstOffset(String key) {
    return Long.parseLong(found(FIRST, key));
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }

  void assertNothingUnfinished() {
    assertThat(store.unfinishedUploads(bucket)).isEmpty();
  }

  @Override
  public void close() {
    link.close();
  }
}
