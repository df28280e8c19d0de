package io.pulsegate.sim;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// [CrashRun] for each sink but those in [CrashTest], against what the table in
/// `docs/operations/sinks.md` promises.
@Timeout(1800)
final class SinkCrashTest {
  /// Each kill, and each outage, may repeat what was under way: a write.
  private static final int A_WRITE_EACH = 2 * CrashRun.CYCLES * CrashRun.BATCH_EVENTS;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void kafkaHasAllAndDoublesAWriteForEachCrashAndOutage() throws Exception {
    try (var topic = new KafkaDestination("crash-cycles")) {
      new CrashRun("kafka", topic, folder).run(A_WRITE_EACH);
    }
  }

  @Test
  void webhookHasAllAndDoublesAWriteForEachCrashAndOutage() throws Exception {
    try (var endpoint = new WebhookDestination()) {
      new CrashRun("webhook", endpoint, folder).run(A_WRITE_EACH);
    }
  }

  @Test
  void s3HasEachEventInOneObject() throws Exception {
    try (var bucket = new S3Destination()) {
      new CrashRun("s3", bucket, folder).run(0);
      bucket.assertNothingUnfinished();
    }
  }

  @Test
  void clickhouseHasEachEventOnce() throws Exception {
    try (var table = new ClickHouseDestination("crash")) {
      new CrashRun("clickhouse", table, folder).run(0);
    }
  }
}
