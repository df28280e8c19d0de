package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTroubleTest {
  @TempDir Path folder;

  @Test
  void saysItInPlainWords() {
    assertThat(FileTrouble.of(new AccessDeniedException("/x"))).isEqualTo("permission denied: /x");
    assertThat(FileTrouble.of(new NoSuchFileException("/x"))).isEqualTo("there is no /x");
    assertThat(FileTrouble.of(new FileAlreadyExistsException("/x")))
        .isEqualTo("/x is there already, and is no folder");
    assertThat(FileTrouble.of(new FileSystemException("/x", null, "Read-only file system")))
        .isEqualTo("read-only file system: /x");
    assertThat(FileTrouble.of(new IOException("No space left on device")))
        .isEqualTo("the disk is full");
    assertThat(FileTrouble.of(new IOException("odd"))).isEqualTo("odd");
  }

  @Test
  void saysWhyADataFolderCannotBeUsed() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    org.assertj.core.api.Assertions.assertThatThrownBy(() -> DataFolder.open(file))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "the data folder %s cannot be used: %s is there already, and is no folder"
                .formatted(file, file));
  }
}
