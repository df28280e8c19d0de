package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFolderTest {
  @TempDir Path folder;

  private final List<String> synced = new ArrayList<>();

  /// Notes what was synced, and which names it held then.
  private void note(Path of) throws IOException {
    try (var names = Files.list(of)) {
      synced.add(folder.relativize(of) + ": " + names.map(Path::getFileName).toList());
    }
  }

  @Test
  void syncsEachMissingFolderIntoTheOneThatHoldsItBeforeTheNextIsMade() throws IOException {
    DurableFolder.create(folder.resolve("a/b/c"), this::note);
    assertThat(folder.resolve("a/b/c")).isDirectory();
    assertThat(synced).containsExactly(": [a]", "a: [b]", "a/b: [c]");
  }

  @Test
  void leavesAloneWhatIsThere() throws IOException {
    Files.createDirectories(folder.resolve("a/b"));
    DurableFolder.create(folder.resolve("a/b"), this::note);
    assertThat(synced).isEmpty();
    DurableFolder.create(folder.resolve("a/b/c"), this::note);
    assertThat(synced).containsExactly("a/b: [c]");
  }

  @Test
  void givesEachFolderItMakesTheAttributes() throws IOException {
    var ownerOnly = PosixFilePermissions.fromString("rwx------");
    DurableFolder.create(folder.resolve("a/b"), PosixFilePermissions.asFileAttribute(ownerOnly));
    assertThat(Files.getPosixFilePermissions(folder.resolve("a"))).isEqualTo(ownerOnly);
    assertThat(Files.getPosixFilePermissions(folder.resolve("a/b"))).isEqualTo(ownerOnly);
  }

  @Test
  void refusesAFileInTheWay() throws IOException {
    Files.createFile(folder.resolve("a"));
    assertThatThrownBy(() -> DurableFolder.create(folder.resolve("a")))
        .isInstanceOf(FileAlreadyExistsException.class);
  }
}
