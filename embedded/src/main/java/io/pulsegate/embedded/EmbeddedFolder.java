package io.pulsegate.embedded;

import io.pulsegate.api.EventWriter;
import io.pulsegate.log.DurableFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;

/// The data folder, held by the same lock as a server's, so that the two never share one.
final class EmbeddedFolder implements AutoCloseable {
  private static final int HASH_KEY_BYTES = 16;

  private final Path path;
  private final FileChannel lock;

  private EmbeddedFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  static EmbeddedFolder open(Path path) throws IOException {
    DurableFolder.create(path);
    var channel =
        FileChannel.open(
            path.resolve("server.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return new EmbeddedFolder(path, channel);
      }
    } catch (OverlappingFileLockException inThisProcess) {
      // Told below.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new IOException("another PulseGate is using the data folder " + path);
  }

  Path path() {
    return path;
  }

  /// The secret of the deduplication keys, made at the first start.
  EventWriter.HashKey hashKey() throws IOException {
    Path file = path.resolve("hash.key");
    if (!Files.exists(file)) {
      byte[] fresh = new byte[HASH_KEY_BYTES];
      new SecureRandom().nextBytes(fresh);
      write(file, fresh);
    }
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length != HASH_KEY_BYTES) {
      throw new IOException(
          "%s must hold %d bytes, has %d: restore it, or delete it to forget which events were seen"
              .formatted(file, HASH_KEY_BYTES, bytes.length));
    }
    var buffer = ByteBuffer.wrap(bytes);
    return new EventWriter.HashKey(buffer.getLong(), buffer.getLong());
  }

  private void write(Path file, byte[] content) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(aside);
    try (var channel =
        FileChannel.open(aside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      var buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("somebody else writes to the data folder " + path, e);
    }
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    DurableFolder.syncNameOf(file);
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      System.getLogger(EmbeddedFolder.class.getName())
          .log(System.Logger.Level.WARNING, "the lock of the data folder was not given back", e);
    }
  }
}
