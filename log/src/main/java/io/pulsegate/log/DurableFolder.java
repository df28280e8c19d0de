package io.pulsegate.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;

/// Folders that are still there after the machine failed: a name is durable only once the folder it
/// stands in was synced. Any thread, also one that may be interrupted.
public final class DurableFolder {
  private DurableFolder() {}

  /// Syncs the names in a folder.
  @FunctionalInterface
  interface Sync {
    void of(Path folder) throws IOException;
  }

  /// Makes a folder and those above it that are missing, outermost first, each of them durable
  /// before anything is made in it.
  public static void create(Path folder, FileAttribute<?>... attributes) throws IOException {
    create(folder.toAbsolutePath(), DurableFolder::sync, attributes);
  }

  static void create(Path folder, Sync sync, FileAttribute<?>... attributes) throws IOException {
    Path parent = folder.getParent();
    if (Files.isDirectory(folder) || parent == null) {
      return;
    }
    create(parent, sync, attributes);
    try {
      Files.createDirectory(folder, attributes);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
    sync.of(parent);
  }

  /// Makes the name of a file or folder durable.
  public static void syncNameOf(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      sync(parent);
    }
  }

  /// Makes the names in a folder durable.
  public static void sync(Path folder) throws IOException {
    boolean _ =
        RealDisk.onPlatformThread(() -> {
          try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
          }
          return true;
        });
  }
}
