package io.pulsegate.bench.journals;

import io.pulsegate.bench.scenario.Flight;
import io.pulsegate.bench.scenario.Journal;
import io.pulsegate.bench.scenario.LoopLoad;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.activemq.artemis.api.core.ActiveMQBuffer;
import org.apache.activemq.artemis.core.io.aio.AIOSequentialFileFactory;
import org.apache.activemq.artemis.core.journal.EncoderPersister;
import org.apache.activemq.artemis.core.journal.EncodingSupport;
import org.apache.activemq.artemis.core.journal.IOCompletion;
import org.apache.activemq.artemis.core.journal.impl.JournalImpl;

/// The journal of Apache Artemis over libaio (O_DIRECT, fdatasync, files written once and used
/// again), with a buffer of 4 MiB that waits 0.2 ms at most.
///
/// Its space comes back when each record of a file is deleted by a record of its own. Batches are;
/// single events are not, which would double what is written, so that there are files enough for
/// some seconds instead.
final class ArtemisJournal implements Journal {
  private static final int FILE_BYTES = 100 << 20;
  private static final int FILES = 20;
  private static final int BUFFER_BYTES = 4 << 20;
  private static final int BUFFER_NANOS = 200_000;
  private static final int AIO_MAX = 500;
  private static final String NATIVE = "libartemis-native-64.so";

  private final JournalImpl journal;
  private final boolean deletes;
  private final AtomicLong nextId = new AtomicLong(1);
  private final AtomicLong durableBelow = new AtomicLong(1);
  private long deletedBelow = 1;

  private ArtemisJournal(JournalImpl journal, boolean deletes) {
    this.journal = journal;
    this.deletes = deletes;
  }

  /// @param folder its native library is put there too, and has to be found there
  static ArtemisJournal open(Path folder, LoopLoad load) throws Exception {
    unpackNative(folder);
    if (!AIOSequentialFileFactory.isSupported()) {
      throw new IOException("libaio is missing: install it (libaio1 or libaio1t64)");
    }
    var files =
        new AIOSequentialFileFactory(folder.toFile(), BUFFER_BYTES, BUFFER_NANOS, AIO_MAX, false);
    var journal = new JournalImpl(FILE_BYTES, FILES, FILES, 0, 0, files, "journal", "log", AIO_MAX);
    journal.start();
    var _ = journal.loadInternalOnly();
    return new ArtemisJournal(journal, load.events() > 1);
  }

  private static void unpackNative(Path folder) throws IOException {
    String name = "/lib/linux-" + System.getProperty("os.arch").replace("amd64", "x86_64");
    try (InputStream from = ArtemisJournal.class.getResourceAsStream(name + "/" + NATIVE)) {
      if (from == null) {
        throw new IOException("there is no " + NATIVE + " for this machine");
      }
      Files.copy(Objects.requireNonNull(from), folder.resolve(NATIVE));
    }
  }

  @Override
  public void append(Flight flight) {
    long id = nextId.getAndIncrement();
    var record = new Body(flight, id);
    try {
      journal.appendAddRecord(id, (byte) 1, EncoderPersister.getInstance(), record, true, record);
    } catch (Exception e) {
      System.err.println("Artemis: " + e);
      flight.refused();
    }
  }

  @Override
  public void tidy() {
    long below = durableBelow.get();
    while (deletes && deletedBelow < below) {
      try {
        journal.appendDeleteRecord(deletedBelow, false);
      } catch (Exception e) {
        throw new IllegalStateException("Artemis: a delete failed", e);
      }
      deletedBelow++;
    }
  }

  @Override
  public long commits() {
    return -1;
  }

  @Override
  public void close() {
    journal.stop();
  }

  private final class Body implements EncodingSupport, IOCompletion {
    private final Flight flight;
    private final long id;

    Body(Flight flight, long id) {
      this.flight = flight;
      this.id = id;
    }

    @Override
    public int getEncodeSize() {
      return flight.body().remaining();
    }

    @Override
    public void encode(ActiveMQBuffer buffer) {
      buffer.writeBytes(flight.body().array());
    }

    @Override
    public void decode(ActiveMQBuffer buffer) {
      throw new UnsupportedOperationException("nothing is read back");
    }

    @Override
    public void storeLineUp() {
      // Only who keeps several apart needs it.
    }

    @Override
    public void done() {
      // Ids are given out in the order of appends, and all below are durable too or about to be.
      durableBelow.accumulateAndGet(id, Math::max);
      flight.durable();
    }

    @Override
    public void onError(int code, String message) {
      System.err.println("Artemis: " + code + " " + message);
      flight.refused();
    }
  }
}
