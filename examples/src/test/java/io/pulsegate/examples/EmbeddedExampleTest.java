package io.pulsegate.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The first program that somebody copies must work.
class EmbeddedExampleTest {
  @TempDir Path temp;

  @Test
  void storesTheEventAndShowsIt() {
    var shown = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(shown, true, UTF_8));
    try {
      EmbeddedExample.main(new String[] {temp.resolve("data").toString()});
    } finally {
      System.setOut(before);
    }
    assertThat(shown.toString(UTF_8).lines())
        .containsExactly(
            "Stored[durability=DISK, duplicate=false, partition=0, offset=0]",
            "{\"name\":\"/home\",\"value\":1}");
  }
}
