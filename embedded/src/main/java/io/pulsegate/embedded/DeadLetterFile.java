package io.pulsegate.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pulsegate.api.Event;
import io.pulsegate.core.DeadLetter;
import io.pulsegate.core.DeadLetterException;
import io.pulsegate.core.DeadLetterQueue;
import io.pulsegate.json.JsonWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// Dead letters as lines of JSON in one file, synced before the cursor moves.
///
/// A letter that is put again after a crash is one more line with the same key (`log_id`,
/// `partition`, `offset`, `child`, `sink`, `run`): the last one counts.
final class DeadLetterFile implements DeadLetterQueue {
  private final Path file;

  DeadLetterFile(Path file) {
    this.file = file;
  }

  /// Opened for each write: a head's thread may be interrupted, which closes the channel it uses.
  @Override
  public synchronized void put(List<DeadLetter> letters) {
    var json = new JsonWriter();
    letters.forEach(letter -> write(json, letter));
    try (var channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      var bytes = ByteBuffer.wrap(json.toByteArray());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      throw new DeadLetterException("dead letters could not be written to " + file, e);
    }
  }

  private static void write(JsonWriter json, DeadLetter letter) {
    Event event = letter.event();
    json.beginObject()
        .field("log_id", letter.logId())
        .field("partition", letter.partition())
        .field("offset", letter.offset())
        .field("child", letter.child())
        .field("sink", letter.sink())
        .field("run", letter.run())
        .field("stage", letter.stage())
        .field("code", letter.code())
        .field("reason", letter.reason())
        .field("attempts", letter.attempts())
        .field("first_failure", letter.firstFailure().toString())
        .field("last_failure", letter.lastFailure().toString())
        .field("event_id", event.eventId())
        .field("event_type", event.eventType())
        .field("occurred_at", event.occurredAt().toString())
        .field("received_at", event.receivedAt().toString())
        .name("payload")
        .raw(event.payload().getBytes(UTF_8))
        .endObject()
        .newLine();
  }
}
