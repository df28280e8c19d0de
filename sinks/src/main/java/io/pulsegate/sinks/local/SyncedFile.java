package io.pulsegate.sinks.local;

import io.pulsegate.api.SinkContext;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// A small file that is replaced whole: after a crash it holds either what was saved before or what
/// is saved now. One thread at a time; an interrupt does no harm.
public final class SyncedFile {
  private final Path folder;
  private final Path path;

  /// @param folder made when something is saved
  public SyncedFile(Path folder, String name) {
    this.folder = folder;
    this.path = folder.resolve(name);
  }

  /// The folder that belongs to a sink of that name: `sinks/<name>` in the data folder. Not made
  /// here.
  public static Path folderOf(SinkContext context) {
    String name = context.name();
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]*")) {
      throw new IllegalArgumentException(
          "a sink's name is letters, digits, '_', '-' and '.', was \"" + name + "\"");
    }
    return context.dataFolder().resolve("sinks").resolve(name);
  }

  /// What was saved last; empty where nothing was.
  public Optional<byte[]> load() throws IOException {
    try {
      return Optional.of(Files.readAllBytes(path));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  /// Durable when it returns.
  public void save(byte[] bytes) throws IOException {
    createFolders(folder);
    Path fresh = folder.resolve(path.getFileName() + ".new");
    // A stream, as an interrupt would close a channel.
    try (var out = new FileOutputStream(fresh.toFile())) {
      out.write(bytes);
      out.getFD().sync();
    }
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncFolder(folder);
  }

  /// Forgets it.
  public void delete() throws IOException {
    if (Files.deleteIfExists(path)) {
      syncFolder(folder);
    }
  }

  /// Makes a folder and those above it, each synced into the one above.
  public static void createFolders(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath();
    if (Files.isDirectory(absolute)) {
      return;
    }
    Optional<Path> parent = Optional.ofNullable(absolute.getParent());
    if (parent.isPresent()) {
      createFolders(parent.get());
      Files.createDirectory(absolute);
      syncFolder(parent.get());
    }
  }

  /// Makes names that were added to a folder or taken from it durable.
  public static void syncFolder(Path folder) throws IOException {
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
