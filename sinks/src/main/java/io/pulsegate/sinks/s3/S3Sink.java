package io.pulsegate.sinks.s3;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKeepingSink;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Fenced;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.sinks.local.SyncedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Delivers objects: a write stages the events together with the cursor, synced; a thread of its
/// own sends what has grown large or old enough.
///
/// So an object does not depend on how large a batch happens to be, and is the same at every try.
/// While objects cannot be sent, nothing more is staged: a write says why, and the events wait in
/// the log.
public final class S3Sink implements CursorKeepingSink {
  /// Below the time limit of a write.
  private static final Duration WAIT_MAX = Duration.ofSeconds(45);

  private static final Duration JOIN_MAX = Duration.ofSeconds(10);

  private final Grouping grouping;
  private final Shipper shipper;

  S3Sink(S3Config config, SinkContext context) {
    this.grouping = new Grouping(config.key(), config.bucket(), config.buckets());
    Path folder = SyncedFile.folderOf(context);
    this.shipper = new Shipper(context.name(), config, () -> Stage.open(folder), context.clock());
  }

  /// First of all what is staged is sent: after a crash the same ranges come first.
  @Override
  public Claim claim(CursorKey key, CursorRecord initial, OptionalLong mine)
      throws InterruptedException {
    try {
      Optional<Unavailable> trouble = shipper.sendAll(WAIT_MAX);
      return trouble.isPresent()
          ? new Claim.Failed(trouble.get())
          : shipper.withStage(stage -> stage.claim(key, initial, mine));
    } catch (IOException e) {
      return new Claim.Failed(unwritable(e));
    }
  }

  @Override
  public WriteResult write(Batch batch) throws InterruptedException {
    List<Chunk> chunks = grouping.chunks(batch);
    try {
      Optional<String> refusal = shipper.withStage(stage -> stage.refusal(batch.cursor()));
      if (refusal.isPresent()) {
        return new Fenced(refusal.get());
      }
      Optional<Unavailable> trouble = shipper.awaitRoom(WAIT_MAX);
      if (trouble.isPresent()) {
        return trouble.get();
      }
      return shipper
          .append(batch.cursor(), chunks, WAIT_MAX)
          .<WriteResult>map(it -> it)
          .orElseGet(Delivered::new);
    } catch (IOException e) {
      return unwritable(e);
    }
  }

  private static Unavailable unwritable(IOException e) {
    return new Unavailable(
        Cause.OUTAGE,
        "events cannot be staged on this machine: " + e.getMessage(),
        Optional.empty());
  }

  /// What is staged stays there, and is sent after the next start.
  @Override
  public void close() {
    shipper.close(JOIN_MAX);
  }
}
