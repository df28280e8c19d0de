package io.pulsegate.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A folder in memory that forgets as a real one may.
///
/// What is written is seen at once, and durable once its file is forced; what is created, renamed
/// or deleted is durable once the folder is synced. [#crash] keeps what is durable and, of the
/// rest, what chance says: each 512-byte sector of each write and each change of the folder on its
/// own, so that later writes may be kept and earlier ones lost, and a sector written twice may have
/// the first version.
///
/// Faults: the N-th call fails, or the N-th read; a failing write is cut short at a sector; the
/// power goes at the N-th call, and every later one fails too; a force fails and, as ext4 does,
/// takes the written pages for clean, so that a second force "succeeds"; the disk runs full, also
/// between the log's question and its write; bits flip.
public final class SimulatedDisk implements Disk {
  private static final int SECTOR = 512;

  private static final class Inode {
    byte[] seen = new byte[0];
    byte[] durable = new byte[0];
    final List<Write> unsynced = new ArrayList<>();

    /// Bytes as they were written, in case only some of several writes are kept; or a cut.
    private static final class Write {
      final long position;
      final byte[] bytes;
      final boolean isCut;

      Write(long position, byte[] bytes, boolean isCut) {
        this.position = position;
        this.bytes = bytes;
        this.isCut = isCut;
      }
    }

    void write(ByteBuffer from, long position) {
      int count = from.remaining();
      int end = Math.toIntExact(position + count);
      if (end > seen.length) {
        seen = Arrays.copyOf(seen, end);
      }
      byte[] bytes = new byte[count];
      from.get(bytes);
      System.arraycopy(bytes, 0, seen, (int) position, count);
      unsynced.add(new Write(position, bytes, false));
    }

    void truncate(long size) {
      seen = Arrays.copyOf(seen, (int) Math.min(size, seen.length));
      unsynced.add(new Write(size, new byte[0], true));
    }

    void force() {
      durable = seen.clone();
      unsynced.clear();
    }

    /// Keeps of the unsynced sectors those that chance says.
    void crash(RandomGenerator random) {
      double keep = random.nextInt(3) / 2.0;
      byte[] kept = durable;
      for (Write write : unsynced) {
        if (write.isCut && random.nextDouble() < keep) {
          kept = Arrays.copyOf(kept, (int) Math.min(write.position, kept.length));
        }
        long writeEnd = write.position + write.bytes.length;
        for (long at = write.position; at < writeEnd; at += SECTOR - at % SECTOR) {
          if (random.nextDouble() < keep) {
            int end = (int) Math.min(at - at % SECTOR + SECTOR, writeEnd);
            if (end > kept.length) {
              kept = Arrays.copyOf(kept, end);
            }
            System.arraycopy(
                write.bytes, (int) (at - write.position), kept, (int) at, end - (int) at);
          }
        }
      }
      durable = kept.clone();
      seen = kept.clone();
      unsynced.clear();
    }
  }

  @FunctionalInterface
  private interface Change {
    void apply(Map<String, Inode> folder);
  }

  private Map<String, Inode> seen = new HashMap<>();
  private Map<String, Inode> durable = new HashMap<>();
  private final List<Change> unsynced = new ArrayList<>();
  private boolean locked;
  private int life;

  private long usableBytes = Long.MAX_VALUE / 4;
  private long calls;
  private long forces;
  private long reads;
  private long failCallAt = -1;
  private int keptSectors;
  private long failReadAt = -1;
  private long fullAt = -1;
  private long failForceAt = -1;
  private long powerOffAt = -1;
  private boolean powerOff;
  private boolean wroteWithoutSpace;
  private @Nullable Runnable beforeForce;

  /// Calls that change something, so far: write, force, create, rename, delete, sync of the folder.
  public synchronized long calls() {
    return calls;
  }

  public synchronized long forces() {
    return forces;
  }

  /// Reads so far.
  public synchronized long reads() {
    return reads;
  }

  /// The N-th changing call from now on (1 is the next) fails once; a write is cut short.
  public synchronized void failCall(long n) {
    failCall(n, 4);
  }

  /// The same; if it is a write, its first `sectors` are done.
  public synchronized void failCall(long n, int sectors) {
    failCallAt = calls + n;
    keptSectors = sectors;
  }

  /// The N-th read from now on fails once.
  public synchronized void failRead(long n) {
    failReadAt = reads + n;
  }

  /// From the N-th changing call on, writes that make a file longer fail, though more room was
  /// promised before.
  public synchronized void fillAt(long n) {
    fullAt = calls + n;
  }

  /// The N-th force from now on fails once, and what it covered counts as clean from then on.
  public synchronized void failForce(long n) {
    failForceAt = forces + n;
  }

  /// The power goes at the N-th changing call from now on.
  public synchronized void powerOff(long n) {
    powerOffAt = calls + n;
  }

  public synchronized void usableBytes(long bytes) {
    usableBytes = bytes;
  }

  /// Whether a write met a full disk.
  public synchronized boolean wroteWithoutSpace() {
    return wroteWithoutSpace;
  }

  /// Run before each force, outside the disk's lock, on the forcing thread.
  public synchronized void beforeForce(Runnable action) {
    beforeForce = action;
  }

  /// Power off and on again: what was not durable is kept or lost as chance says, open files are
  /// stale.
  public synchronized void crash(RandomGenerator random) {
    Map<String, Inode> kept = new HashMap<>(durable);
    double keep = random.nextInt(3) / 2.0;
    for (Change change : unsynced) {
      if (random.nextDouble() < keep) {
        change.apply(kept);
      }
    }
    unsynced.clear();
    kept.values().forEach(inode -> inode.crash(random));
    durable = kept;
    restart();
  }

  /// The process is killed and started again: everything written is still seen, and as unsynced as
  /// before.
  public synchronized void kill() {
    Map<String, Inode> now = seen;
    restart();
    seen = now;
  }

  private void restart() {
    seen = new HashMap<>(durable);
    locked = false;
    powerOff = false;
    powerOffAt = -1;
    failCallAt = -1;
    failForceAt = -1;
    failReadAt = -1;
    fullAt = -1;
    life++;
  }

  /// Flips one bit, durably.
  public synchronized void flip(String name, long position, int bit) {
    Inode inode = inode(name);
    inode.seen[(int) position] ^= (byte) (1 << bit);
    inode.force();
  }

  /// Cuts or lengthens a file, durably.
  public synchronized void resize(String name, long bytes) {
    Inode inode = inode(name);
    inode.seen = Arrays.copyOf(inode.seen, (int) bytes);
    inode.force();
  }

  /// Names of the files that are seen, sorted.
  public synchronized List<String> names() {
    return seen.keySet().stream().sorted().toList();
  }

  public synchronized byte[] bytes(String name) {
    return inode(name).seen.clone();
  }

  /// Replaces a file's bytes, durably.
  public synchronized void put(String name, byte[] bytes) {
    Inode inode = seen.computeIfAbsent(name, _ -> new Inode());
    inode.seen = bytes.clone();
    inode.force();
    durable.put(name, inode);
  }

  private Inode inode(String name) {
    Inode inode = seen.get(name);
    if (inode == null) {
      throw new IllegalArgumentException("no file " + name);
    }
    return inode;
  }

  @Override
  public synchronized List<String> list() throws IOException {
    checkPower();
    return names();
  }

  @Override
  public synchronized DiskFile open(String name, Access access, boolean blocks) throws IOException {
    checkPower();
    Inode inode = seen.get(name);
    if (access == Access.CREATE) {
      if (inode != null) {
        throw new FileAlreadyExistsException(name);
      }
      call();
      var created = new Inode();
      change(folder -> folder.put(name, created));
      return new OpenFile(created, blocks, true, life);
    }
    if (inode == null) {
      throw new NoSuchFileException(name);
    }
    return new OpenFile(inode, blocks, access == Access.WRITE, life);
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    call();
    Inode inode = seen.get(from);
    if (inode == null) {
      throw new NoSuchFileException(from);
    }
    change(folder -> {
      folder.remove(from, inode);
      folder.put(to, inode);
    });
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    call();
    if (!seen.containsKey(name)) {
      throw new NoSuchFileException(name);
    }
    change(folder -> folder.remove(name));
  }

  private void change(Change change) {
    change.apply(seen);
    unsynced.add(change);
  }

  @Override
  public synchronized void syncDirectory() throws IOException {
    call();
    durable = new HashMap<>(seen);
    unsynced.clear();
  }

  @Override
  public synchronized long usableBytes() {
    return usableBytes;
  }

  @Override
  public synchronized Closeable lock(String name) throws IOException {
    if (locked) {
      throw new FileAlreadyExistsException(name, null, "locked");
    }
    locked = true;
    int ofLife = life;
    return () -> {
      synchronized (this) {
        locked &= ofLife != life;
      }
    };
  }

  private void checkPower() throws IOException {
    if (powerOff) {
      throw new IOException("simulated: no power");
    }
  }

  private void call() throws IOException {
    checkPower();
    calls++;
    if (calls == powerOffAt) {
      powerOff = true;
      throw new IOException("simulated: power off at call " + calls);
    }
    if (calls == failCallAt) {
      throw new IOException("simulated: call " + calls + " fails");
    }
  }

  private final class OpenFile implements DiskFile {
    private final Inode inode;
    private final boolean blocks;
    private final boolean writable;
    private final int ofLife;
    private boolean closed;

    OpenFile(Inode inode, boolean blocks, boolean writable, int ofLife) {
      this.inode = inode;
      this.blocks = blocks;
      this.writable = writable;
      this.ofLife = ofLife;
    }

    private void check(ByteBuffer buffer, long position) throws IOException {
      checkOpen();
      if (blocks
          && (position % 4096 != 0
              || buffer.remaining() % 4096 != 0
              || !buffer.isDirect()
              || buffer.alignmentOffset(buffer.position(), 4096) != 0)) {
        throw new IllegalArgumentException(
            "not aligned: position %d, %s".formatted(position, buffer));
      }
    }

    private void checkOpen() throws IOException {
      checkPower();
      if (closed || ofLife != life) {
        throw new IOException("simulated: file is closed");
      }
    }

    @Override
    public long sizeBytes() throws IOException {
      synchronized (SimulatedDisk.this) {
        checkOpen();
        return inode.seen.length;
      }
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      synchronized (SimulatedDisk.this) {
        check(into, position);
        reads++;
        if (reads == failReadAt) {
          throw new IOException("simulated: read " + reads + " fails");
        }
        int count = Math.clamp(inode.seen.length - position, 0, into.remaining());
        into.put(inode.seen, (int) Math.min(position, inode.seen.length), count);
        return count;
      }
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      synchronized (SimulatedDisk.this) {
        check(from, position);
        if (!writable) {
          throw new IllegalStateException("opened for reading");
        }
        long grown = Math.max(0, position + from.remaining() - inode.seen.length);
        if (grown > usableBytes || (grown > 0 && fullAt >= 0 && calls + 1 >= fullAt)) {
          wroteWithoutSpace |= grown > usableBytes;
          throw new IOException("simulated: no space left on device");
        }
        try {
          call();
        } catch (IOException e) {
          int done = Math.min(keptSectors * SECTOR, from.remaining());
          inode.write(from.slice().limit(done), position);
          throw e;
        }
        usableBytes -= grown;
        inode.write(from, position);
      }
    }

    @Override
    public void truncate(long bytes) throws IOException {
      synchronized (SimulatedDisk.this) {
        checkOpen();
        call();
        inode.truncate(bytes);
      }
    }

    @Override
    public void force() throws IOException {
      Runnable action;
      synchronized (SimulatedDisk.this) {
        action = beforeForce;
      }
      if (action != null) {
        action.run();
      }
      synchronized (SimulatedDisk.this) {
        checkOpen();
        forces++;
        if (forces == failForceAt) {
          inode.unsynced.clear();
          throw new IOException("simulated: force fails");
        }
        call();
        // Only what was dirty becomes durable: pages that a failed force took for clean do not.
        byte[] kept =
            Arrays.copyOf(inode.durable, Math.max(inode.durable.length, inode.seen.length));
        for (Inode.Write write : inode.unsynced) {
          kept = write.isCut ? Arrays.copyOf(kept, (int) write.position) : kept;
          kept =
              Arrays.copyOf(kept, Math.max(kept.length, (int) write.position + write.bytes.length));
          System.arraycopy(write.bytes, 0, kept, (int) write.position, write.bytes.length);
        }
        inode.durable = Arrays.copyOf(kept, inode.seen.length);
        inode.unsynced.clear();
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
