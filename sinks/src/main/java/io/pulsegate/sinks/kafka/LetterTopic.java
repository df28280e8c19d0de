package io.pulsegate.sinks.kafka;

import io.pulsegate.api.LetterCopy;
import io.pulsegate.api.WriteResult.Unavailable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/// The topic that dead letters are copied into, over a connection of its own: what is wrong with it
/// does not hold up events.
final class LetterTopic implements AutoCloseable {
  private final String topic;
  private final Connection connection;
  private final InstantSource clock;

  LetterTopic(String topic, KafkaConfig config, InstantSource clock) {
    this.topic = topic;
    this.connection = new Connection(config);
    this.clock = clock;
  }

  /// Sends all and waits for the brokers.
  Optional<Unavailable> send(List<LetterCopy> letters) throws InterruptedException {
    try {
      Optional<Failure> failure =
          Optional.ofNullable(connection.lookUp(Set.of(topic)).get(topic))
              .or(() -> sendAll(letters));
      failure.ifPresent(_ -> connection.giveUp());
      return failure.map(Failure::unavailable);
    } catch (InterruptException e) {
      boolean _ = Thread.interrupted();
      connection.giveUp();
      throw new InterruptedException(e.getMessage());
    } catch (KafkaException e) {
      connection.giveUp();
      return Optional.of(Failure.unavailable(Connection.ofStart(e)));
    }
  }

  private Optional<Failure> sendAll(List<LetterCopy> letters) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (LetterCopy letter : letters) {
      sent.add(connection.producer().send(LetterRecord.of(letter, topic, true, clock)));
    }
    connection.producer().flush();
    for (int i = 0; i < sent.size(); i++) {
      Optional<Failure> failure = failure(sent.get(i));
      if (failure.isPresent() && failure.get() instanceof Failure.Rejected) {
        // Too large, most likely: what went wrong must be told all the same.
        var small = LetterRecord.of(letters.get(i), topic, false, clock);
        failure = failure(connection.producer().send(small));
      }
      if (failure.isPresent()) {
        return failure;
      }
    }
    return Optional.empty();
  }

  private Optional<Failure> failure(Future<RecordMetadata> sent) {
    try {
      RecordMetadata _ = sent.get();
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      return Optional.of(Failure.of(e.getCause() == null ? e : e.getCause(), topic));
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
