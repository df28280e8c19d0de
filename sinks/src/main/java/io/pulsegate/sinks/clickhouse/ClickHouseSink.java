package io.pulsegate.sinks.clickhouse;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKeepingSink;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.Replayable;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Fenced;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.sinks.local.SyncedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Delivers into a ClickHouse table, one insert a batch.
///
/// An insert is recorded with its token and its bytes before the first try, and comes again exactly
/// so until its outcome is known; the server stores what has one token once. The cursor is kept
/// beside it, on this machine.
public final class ClickHouseSink implements CursorKeepingSink, Replayable {
  /// An insert of so many events is large enough to go at once.
  private static final int FULL_EVENTS = 10_000;

  /// Rows and bytes of one block on the server: more than an insert ever has, so that it is stored
  /// whole, under its token, in each partition it touches.
  private static final String BLOCK_ROWS = "10000000";

  private static final String BLOCK_BYTES = "1000000000";

  private final ClickHouseConfig config;
  private final SinkContext context;
  private final Path folder;
  private final Server server;
  private final Schema schema;
  private final CountDownLatch closed = new CountDownLatch(1);
  private Optional<Plan> plan = Optional.empty();
  private long lastInsertNanos = System.nanoTime() - TimeUnit.HOURS.toNanos(1);

  ClickHouseSink(ClickHouseConfig config, SinkContext context) {
    this.config = config;
    this.context = context;
    this.folder = SyncedFile.folderOf(context);
    this.server = new Server(config);
    this.schema = new Schema(server, config.table(), config.createTable());
  }

  /// Rows are only ever added: to a table whose engine replaces them, where that is wanted.
  @Override
  public Set<Present> replays() {
    return Set.of(Present.AGAIN);
  }

  @Override
  public ClickHouseSink replay(String name, Present present) {
    return new ClickHouseSink(config, context.named(name));
  }

  /// First of all the insert whose outcome is not known is brought to its end.
  @Override
  public synchronized Claim claim(CursorKey key, CursorRecord initial, OptionalLong mine)
      throws InterruptedException {
    try {
      Plan opened = Plan.open(folder);
      plan = Optional.of(opened);
      Optional<Unavailable> trouble = schema.prepare();
      if (trouble.isPresent()) {
        return new Claim.Failed(trouble.get());
      }
      if (opened.underWay().isPresent()
          && finish(opened, opened.underWay().get()) instanceof Unavailable unavailable) {
        return new Claim.Failed(unavailable);
      }
      return opened.claim(key, initial, mine);
    } catch (IOException e) {
      return new Claim.Failed(unwritable(e));
    }
  }

  @Override
  public synchronized WriteResult write(Batch batch) throws InterruptedException {
    try {
      Plan opened = plan.isPresent() ? plan.get() : Plan.open(folder);
      plan = Optional.of(opened);
      if (opened.underWay().isPresent()) {
        return outage("the insert before this one has to be brought to its end");
      }
      Optional<String> refusal = opened.refusal(batch.cursor());
      if (refusal.isPresent()) {
        return new Fenced(refusal.get());
      }
      if (batch.events() == 0) {
        opened.move(batch.cursor());
        return new Delivered();
      }
      if (isClosedWhilePacing(batch.events())) {
        return outage("the sink is closed");
      }
      byte[] rows = Rows.of(batch);
      return finish(opened, opened.begin(batch.cursor(), Rows.token(batch, rows), rows));
    } catch (IOException e) {
      plan = Optional.empty();
      return unwritable(e);
    }
  }

  /// Few large inserts instead of many small ones: what comes meanwhile is the next batch.
  private boolean isClosedWhilePacing(int events) throws InterruptedException {
    long wait =
        events >= FULL_EVENTS
            ? 0
            : lastInsertNanos + config.insertInterval().toNanos() - System.nanoTime();
    return closed.await(Math.max(0, wait), TimeUnit.NANOSECONDS);
  }

  private WriteResult finish(Plan opened, Insert insert) throws IOException, InterruptedException {
    lastInsertNanos = System.nanoTime();
    return switch (server.insert(schema.insertSql(), settings(insert), insert.body())) {
      case Answer.Ok _ -> {
        opened.stored();
        yield new Delivered();
      }
      case Answer.No(WriteResult.Refused refused) -> {
        opened.refused();
        yield refused;
      }
      case Answer.Later(Unavailable unavailable) -> unavailable;
    };
  }

  private Map<String, String> settings(Insert insert) {
    var settings = new LinkedHashMap<String, String>();
    if (schema.hasTokens()) {
      settings.put("insert_deduplicate", "1");
      settings.put("insert_deduplication_token", insert.token());
      settings.put("input_format_parallel_parsing", "0");
      settings.put("max_insert_block_size", BLOCK_ROWS);
      settings.put("min_insert_block_size_rows", BLOCK_ROWS);
      settings.put("min_insert_block_size_bytes", BLOCK_BYTES);
      settings.put("async_insert", config.asyncInsert() ? "1" : "0");
      if (config.asyncInsert()) {
        settings.put("wait_for_async_insert", "1");
        settings.put("async_insert_deduplicate", "1");
      }
    }
    return settings;
  }

  private static Unavailable unwritable(IOException e) {
    return outage("the insert cannot be recorded on this machine: " + e.getMessage());
  }

  private static Unavailable outage(String reason) {
    return new Unavailable(Cause.OUTAGE, reason, Optional.empty());
  }

  @Override
  public void close() {
    closed.countDown();
    server.close();
  }
}
