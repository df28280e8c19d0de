package io.pulsegate.bench.verify;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.pulsegate.bench.load.AckRecord;
import io.pulsegate.bench.load.EventIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The file that `load --record` wrote. A last line without its end is one that was being written
/// when the generator was killed, and is left out.
final class RecordFile implements IdSource {
  private final Path file;

  RecordFile(Path file) {
    this.file = file;
  }

  /// About how many ids it holds.
  int idsAbout() throws IOException {
    return (int) Math.min(Files.size(file) / (EventIds.LENGTH + 1), 1 << 28);
  }

  @Override
  public void forEach(Visitor visitor) throws IOException {
    try (var lines = Files.newBufferedReader(file, US_ASCII)) {
      long number = 0;
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        boolean isWhole =
            line.length() == EventIds.LENGTH
                || (line.length() == EventIds.LENGTH + AckRecord.POISON_MARK.length()
                    && line.endsWith(AckRecord.POISON_MARK));
        if (isWhole) {
          visitor.visit(line);
        } else if (lines.readLine() != null) {
          throw new IOException(file + ", line " + number + ": not an id: '" + line + "'");
        }
      }
    }
  }
}
