package io.pulsegate.sinks.kafka;

import io.pulsegate.api.EventCursor;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/// One pass over the entries: sends all that is to be sent and waits for every acknowledgement.
///
/// **After a failure that is not about its record alone, nothing more is sent**: the producer is
/// closed by its own thread, before it can send what waits behind the failed batch. Else a record
/// could arrive before the one that went before it. What was on the wire already is guarded by the
/// sequence numbers of an idempotent producer; but a broker takes any number from a producer it has
/// not met, so that **the first record for a partition goes alone**.
final class Round {
  private final Connection connection;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Template key;
  private final Stamp stamp;
  private final Entries entries;
  private final Thread writer = Thread.currentThread();
  private final Semaphore done = new Semaphore(0);
  private volatile boolean broken;

  Round(Connection connection, Template key, Stamp stamp, Entries entries) {
    this.connection = connection;
    this.producer = connection.producer();
    this.key = key;
    this.stamp = stamp;
    this.entries = entries;
  }

  /// Sends; every entry sent has its acknowledgement or its failure when this returns.
  ///
  /// @param inOrder whether order by key is kept: the producer is idempotent
  /// @return whether all went well, but for single records
  /// @throws InterruptedException when some may still be under way
  boolean run(boolean inOrder) throws InterruptedException {
    try {
      if (inOrder) {
        openPartitions();
      }
      int sent = 0;
      EventCursor event = entries.events();
      for (int i = 0; event.next() && !broken; i++) {
        if (entries.isToSend(i) && send(event, i, key.of(event).orElse(null))) {
          sent++;
        }
      }
      await(sent);
      return !broken;
    } catch (InterruptException e) {
      // Kafka sets the flag as well; the exception is enough.
      boolean _ = Thread.interrupted();
      throw new InterruptedException(e.getMessage());
    }
  }

  /// Sends the first record of each partition that is new to the producer, until all are open.
  private void openPartitions() throws InterruptedException {
    Map<TopicPartition, Integer> firsts;
    do {
      firsts = new HashMap<>();
      EventCursor event = entries.events();
      for (int i = 0; event.next() && !broken; i++) {
        byte[] keyBytes = entries.isToSend(i) ? key.of(event).orElse(null) : null;
        if (keyBytes != null) {
          Optional<TopicPartition> partition = connection.unopened(entries.topic(i), keyBytes);
          if (partition.isPresent()
              && !firsts.containsKey(partition.get())
              && send(event, i, keyBytes)) {
            firsts.put(partition.get(), i);
          }
        }
      }
      await(firsts.size());
      firsts.forEach((partition, i) -> {
        if (entries.isAcknowledged(i)) {
          connection.opened(partition);
        }
      });
    } while (!firsts.isEmpty() && !broken);
  }

  private void await(int sent) throws InterruptedException {
    if (sent > 0) {
      producer.flush();
      done.acquire(sent);
    }
  }

  /// @return whether the callback is going to be called, or has been
  private boolean send(EventCursor event, int i, byte @Nullable [] keyBytes) {
    var record = KafkaRecord.of(event, entries.topic(i), keyBytes, stamp.millis(event));
    try {
      var _ = producer.send(record, (_, error) -> complete(i, error));
      return true;
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException | IllegalStateException e) {
      // The producer was closed meanwhile, or cannot go on.
      entries.fail(i, new Failure.Again(String.valueOf(e.getMessage())));
      broken = true;
      return false;
    }
  }

  private void complete(int i, @Nullable Exception error) {
    if (error == null) {
      entries.acknowledge(i);
    } else {
      Failure failure = Failure.of(error, entries.topic(i));
      entries.fail(i, failure);
      if (!(failure instanceof Failure.Rejected) && !broken) {
        broken = true;
        if (!Thread.currentThread().equals(writer)) {
          producer.close(Duration.ZERO);
        }
      }
    }
    done.release();
  }
}
