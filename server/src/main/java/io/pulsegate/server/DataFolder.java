package io.pulsegate.server;

import io.pulsegate.api.EventWriter;
import io.pulsegate.server.tenants.BookCopy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The folder of one server, held by a lock while the server runs.
///
/// ```
/// log/          the ingestion log        cursors/     where sinks stand, where they do not keep it
/// state.db      dead letters, tenants    hash.key     secret of the deduplication keys, 16 bytes
/// admin.token   token of the admin port  server.lock  held by the running server
/// server.info   pid, ports, token        tenants.copy what state.db knows of tenants, again
/// ...           files of the sinks
/// ```
final class DataFolder implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(DataFolder.class.getName());
  private static final int HASH_KEY_BYTES = 16;
  private static final int TOKEN_BYTES = 24;

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;

  private DataFolder(Path path, FileChannel channel, FileLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
  }

  /// Makes the folder where needed, and takes its lock.
  static DataFolder open(Path path) throws StartException {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      DurableFiles.createFolder(absolute);
      var channel =
          FileChannel.open(
              absolute.resolve("server.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new StartException(
            "another PulseGate%s is using the data folder %s; stop it, or give this one a folder of its own with --data"
                .formatted(
                    ServerInfo.read(absolute)
                        .map(info -> " (pid %d, port %d)".formatted(info.pid(), info.port()))
                        .orElse(""),
                    absolute));
      }
      return new DataFolder(absolute, channel, lock);
    } catch (IOException e) {
      throw new StartException(
          "the data folder %s cannot be used: %s".formatted(absolute, FileTrouble.of(e)), e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException heldInThisProcess) {
      return null;
    }
  }

  Path path() {
    return path;
  }

  Path stateFile() {
    return path.resolve("state.db");
  }

  /// The second place of what is known of tenants.
  BookCopy tenantsCopy() {
    Path file = path.resolve("tenants.copy");
    return new BookCopy() {
      @Override
      public Optional<byte[]> read() throws IOException {
        return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
      }

      @Override
      public void write(byte[] content) throws IOException {
        DurableFiles.write(file, content);
      }
    };
  }

  /// The secret of the deduplication keys, made at the first start.
  EventWriter.HashKey hashKey(RandomGenerator random) throws StartException {
    Path file = path.resolve("hash.key");
    try {
      if (!Files.exists(file)) {
        if (Files.isDirectory(path.resolve("log"))) {
          LOG.log(
              System.Logger.Level.WARNING,
              "the deduplication key is missing and is made anew: repeats of earlier events are not recognised file={0}",
              file);
        }
        byte[] fresh = new byte[HASH_KEY_BYTES];
        random.nextBytes(fresh);
        DurableFiles.write(file, fresh);
      }
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length != HASH_KEY_BYTES) {
        throw new StartException(
            "%s must hold %d bytes, has %d: restore it, or delete it to forget which events were seen"
                .formatted(file, HASH_KEY_BYTES, bytes.length));
      }
      var buffer = ByteBuffer.wrap(bytes);
      return new EventWriter.HashKey(buffer.getLong(), buffer.getLong());
    } catch (IOException e) {
      throw new StartException("%s cannot be used: %s".formatted(file, FileTrouble.of(e)), e);
    }
  }

  /// The token of the admin listener where the configuration gives none, made at the first start.
  String adminToken(RandomGenerator random) throws StartException {
    Path file = path.resolve("admin.token");
    try {
      if (!Files.exists(file)) {
        byte[] fresh = new byte[TOKEN_BYTES];
        random.nextBytes(fresh);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(fresh);
        DurableFiles.write(file, (token + "\n").getBytes(StandardCharsets.US_ASCII));
      }
      String token = Files.readString(file).strip();
      if (token.length() < 16) {
        throw new StartException(
            "%s must hold a token of at least 16 characters: delete it to have one made"
                .formatted(file));
      }
      return token;
    } catch (IOException e) {
      throw new StartException("%s cannot be used: %s".formatted(file, FileTrouble.of(e)), e);
    }
  }

  /// Lets the command line find the server.
  void announce(ServerInfo info) throws IOException {
    info.write(path);
  }

  /// Gives the folder back.
  @Override
  public void close() {
    try {
      ServerInfo.remove(path);
      lock.release();
      channel.close();
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the data folder was not left tidy folder={0} reason={1}",
          path,
          e.getMessage());
    }
  }
}
