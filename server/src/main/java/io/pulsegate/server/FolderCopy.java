package io.pulsegate.server;

import io.pulsegate.log.DurableFolder;
import io.pulsegate.log.LogException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/// Copies the data folder of a server that does not run. The copy appears under its name when it is
/// whole and synced; until then it is called `*.partial`.
final class FolderCopy extends SimpleFileVisitor<Path> {
  /// What belongs to a running process.
  private static final Set<String> LEFT_OUT = Set.of("server.lock", "server.info", "log.lock");

  private final Path from;
  private final Path to;

  private FolderCopy(Path from, Path to) {
    this.from = from;
    this.to = to;
  }

  /// What is done with the copy before it gets its name.
  @FunctionalInterface
  interface Finish {
    void on(Path copy) throws IOException;
  }

  /// @return the copy
  static Path make(Path data, Path copy, Finish finish) throws StartException {
    Path target = copy.toAbsolutePath().normalize();
    Path source = data.toAbsolutePath().normalize();
    if (Files.exists(target) || target.startsWith(source)) {
      throw new StartException(
          target + " must be a folder that does not exist yet, outside of the one to copy");
    }
    Path partial = target.resolveSibling(target.getFileName() + ".partial");
    if (Files.exists(partial)) {
      throw new StartException(
          partial + " is left of a copy that was cut short; delete it and try again");
    }
    LogTools.look(data, _ -> true);
    try (DataFolder held = DataFolder.open(source)) {
      Path parent = target.getParent();
      if (parent != null) {
        DurableFolder.create(parent);
      }
      Files.walkFileTree(held.path(), new FolderCopy(held.path(), partial));
      finish.on(partial);
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      DurableFolder.syncNameOf(target);
      return target;
    } catch (IOException e) {
      throw new StartException("copying to %s failed: %s".formatted(partial, FileTrouble.of(e)), e);
    } catch (LogException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
      throws IOException {
    DurableFiles.createFolder(to.resolve(from.relativize(folder)));
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    if (attributes.isRegularFile() && !LEFT_OUT.contains(String.valueOf(file.getFileName()))) {
      Path copy = to.resolve(from.relativize(file));
      Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
      try (var channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(
      Path folder, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
    if (failure != null) {
      throw failure;
    }
    DurableFolder.sync(to.resolve(from.relativize(folder)));
    return FileVisitResult.CONTINUE;
  }
}
