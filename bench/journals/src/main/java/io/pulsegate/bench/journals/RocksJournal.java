package io.pulsegate.bench.journals;

import io.pulsegate.bench.scenario.Flight;
import io.pulsegate.bench.scenario.Journal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.rocksdb.CompactionOptionsFIFO;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// The write-ahead log of RocksDB: what waits goes into one `WriteBatch` of up to 4 MiB, written
/// with a sync, by one thread. Keys are numbers that rise; recycled log files, FIFO compaction, no
/// compression.
final class RocksJournal implements Journal {
  private static final int BATCH_BYTES = 4 << 20;
  private static final long TABLE_BYTES = 1L << 30;
  private static final int LOG_FILES = 4;
  private static final long MEMTABLE_BYTES = 128L << 20;

  private final Options options = new Options();
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final CompactionOptionsFIFO fifo =
      new CompactionOptionsFIFO().setMaxTableFilesSize(TABLE_BYTES);
  private final RocksDB db;
  private final LinkedBlockingQueue<Flight> waiting = new LinkedBlockingQueue<>();
  private final AtomicLong commits = new AtomicLong();
  private final ByteBuffer key = ByteBuffer.allocate(Long.BYTES);
  private final Thread writer = Thread.ofPlatform().name("rocks-writer").unstarted(this::run);
  private volatile boolean stopping;
  private long nextKey;

  RocksJournal(Path folder) throws RocksDBException {
    RocksDB.loadLibrary();
    options
        .setCreateIfMissing(true)
        .setRecycleLogFileNum(LOG_FILES)
        .setWriteBufferSize(MEMTABLE_BYTES)
        .setMaxWriteBufferNumber(LOG_FILES)
        .setCompactionStyle(CompactionStyle.FIFO)
        .setCompactionOptionsFIFO(fifo)
        .setCompressionType(CompressionType.NO_COMPRESSION)
        .setUseDirectIoForFlushAndCompaction(true);
    db = RocksDB.open(options, folder.toString());
    writer.start();
  }

  @Override
  public void append(Flight flight) {
    boolean _ = waiting.add(flight);
  }

  private void run() {
    List<Flight> group = new ArrayList<>();
    try (var batch = new WriteBatch()) {
      while (!stopping) {
        Flight first = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          write(first, group, batch);
        }
      }
    } catch (InterruptedException | RocksDBException e) {
      System.err.println("RocksDB: " + e);
      group.forEach(Flight::refused);
    }
  }

  private void write(Flight first, List<Flight> group, WriteBatch batch) throws RocksDBException {
    batch.clear();
    group.clear();
    long bytes = 0;
    for (Flight next = first; next != null; next = waiting.poll()) {
      batch.put(key.putLong(0, nextKey++).array(), next.body().array());
      group.add(next);
      bytes += next.body().remaining();
      if (bytes >= BATCH_BYTES) {
        break;
      }
    }
    db.write(synced, batch);
    commits.incrementAndGet();
    group.forEach(Flight::durable);
  }

  @Override
  public void tidy() {
    // FIFO compaction drops the oldest tables by itself.
  }

  @Override
  public long commits() {
    return commits.get();
  }

  @Override
  public void close() {
    stopping = true;
    try {
      writer.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
    db.close();
    options.close();
    fifo.close();
    synced.close();
  }
}
