package io.pulsegate.server;

import io.pulsegate.server.letters.LetterMark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The mark of one sink, in the folder of what it keeps for itself.
record LetterMarkFile(Path file) implements LetterMark {
  static LetterMarkFile of(Path data, String sink) {
    return new LetterMarkFile(data.resolve("sinks").resolve(sink).resolve("letters.mark"));
  }

  @Override
  public long read() throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    String text = Files.readString(file).strip();
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException(file + " holds no number; delete it to copy all dead letters again", e);
    }
  }

  @Override
  public void write(long id) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Path sinks = folder.getParent();
      if (sinks != null) {
        DurableFiles.createFolder(sinks);
      }
      DurableFiles.createFolder(folder);
    }
    DurableFiles.write(file, (id + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
