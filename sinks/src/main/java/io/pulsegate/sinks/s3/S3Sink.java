package io.pulsegate.sinks.s3;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKeepingSink;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.ObjectExport;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Fenced;
import io.pulsegate.api.WriteResult.Mixed;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.sinks.local.SyncedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Delivers objects: a write stages the events together with the cursor, synced; a thread of its
/// own sends what has grown large or old enough.
///
/// So an object does not depend on how large a batch happens to be, and is the same at every try.
/// While objects cannot be sent, nothing more is staged: a write says why, and the events wait in
/// the log.
public final class S3Sink implements CursorKeepingSink, ObjectExport {
  /// Below the time limit of a write.
  private static final Duration WAIT_MAX = Duration.ofSeconds(45);

  private static final Duration JOIN_MAX = Duration.ofSeconds(10);

  private final S3Config config;
  private final Grouping grouping;
  private final ObjectStore store;
  private final Buckets buckets;
  private final Shipper shipper;

  S3Sink(S3Config config, SinkContext context) {
    this.config = config;
    this.grouping = new Grouping(config.key(), config.buckets());
    this.store = new ObjectStore(config);
    this.buckets = new Buckets(config.buckets(), store, context.clock());
    Path folder = SyncedFile.folderOf(context);
    this.shipper =
        new Shipper(
            context.name(),
            config,
            store,
            () -> new ObjectEncoder(config.format(), folder, context.memoryBytes()),
            () -> Stage.open(folder),
            context.clock());
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
    try {
      Optional<String> refusal = shipper.withStage(stage -> stage.refusal(batch.cursor()));
      if (refusal.isPresent()) {
        return new Fenced(refusal.get());
      }
      Optional<Unavailable> trouble = shipper.awaitRoom(WAIT_MAX);
      if (trouble.isPresent()) {
        return trouble.get();
      }
      Optional<Mixed> missing = buckets.missing(batch);
      if (missing.isPresent()) {
        return missing.get();
      }
      return shipper
          .append(batch.cursor(), grouping.chunks(batch), batch.events(), WAIT_MAX)
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

  @Override
  public Optional<Unavailable> sendNow(Duration timeout) throws InterruptedException {
    return shipper.sendNow(timeout);
  }

  @Override
  public void onSent(Consumer<Sent> listener) {
    shipper.onSent(listener);
  }

  @Override
  public Optional<Instant> gatheredSince() {
    return shipper.gatheredSince();
  }

  @Override
  public Map<String, String> settings() {
    var settings = new LinkedHashMap<String, String>();
    config.endpoint().ifPresent(uri -> settings.put("endpoint", uri.toString()));
    settings.put("region", config.region());
    settings.put("bucket", config.buckets().text());
    settings.put("key", config.key().text());
    settings.put("object_age", config.objectAge().toString());
    settings.put("object_size", Long.toString(config.objectBytes()));
    if (config.objectEvents() < Integer.MAX_VALUE) {
      settings.put("object_events", Integer.toString(config.objectEvents()));
    }
    return settings;
  }

  /// What is staged stays there, and is sent after the next start.
  @Override
  public void close() {
    shipper.close(JOIN_MAX);
    store.close();
  }
}
