package io.pulsegate.ingress.kafka;

import io.pulsegate.api.Dialect;
import io.pulsegate.api.Doorkeeper;
import io.pulsegate.api.Identity;
import io.pulsegate.api.Intake;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.TenantId;
import io.pulsegate.ingress.kafka.Portion.Fate;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads the topics of one source, a turn at a time: take what the brokers give, hand it to intake
/// by partition, wait for the sync, commit the offsets. A partition whose events are not accepted
/// is paused and read again from there: that is the back-pressure, and keeps its order.
///
/// What is read again (after a crash between sync and commit, or a rebalance) brings the same
/// origin with it, and is recognised as a duplicate by this process's log.
public final class KafkaSource implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(KafkaSource.class.getName());
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration POLL_WHILE_PAUSED = Duration.ofMillis(100);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(3);
  private static final long BACKOFF_MILLIS = 1_000;
  private static final long BACKOFF_MAX_MILLIS = 30_000;
  private static final Fate.Denied NO_TENANT =
      new Fate.Denied(Duration.ofSeconds(5), "the source's tenant does not exist");

  private final KafkaSourceConfig config;
  private final Door door;
  private final Function<TenantId, Optional<Identity.Known>> tenants;
  private final Metrics metrics;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Map<TopicPartition, Long> pausedUntil = new HashMap<>();
  private volatile Optional<KafkaConsumer<byte[], byte[]>> consumer = Optional.empty();
  private volatile long lag;
  private volatile int paused;
  private volatile boolean up;
  private Optional<Thread> thread = Optional.empty();
  private String trouble = "";

  /// What events go through.
  ///
  /// @param source name in the configuration
  /// @param dialect reads the records' values
  public record Door(String source, Dialect dialect, Intake intake, Doorkeeper doorkeeper) {}

  /// @param tenants who a tenant is now
  public KafkaSource(
      KafkaSourceConfig config,
      Door door,
      Function<TenantId, Optional<Identity.Known>> tenants,
      Metrics metrics) {
    this.config = config;
    this.door = door;
    this.tenants = tenants;
    this.metrics = metrics;
    metrics.gauge(SourceMetric.LAG, () -> lag, door.source());
    metrics.gauge(SourceMetric.PAUSED, () -> paused, door.source());
    metrics.gauge(SourceMetric.UP, () -> up ? 1 : 0, door.source());
  }

  /// Reads from now on; neither connects nor blocks.
  public void start() {
    thread =
        Optional.of(
            Thread.ofPlatform()
                .daemon()
                .name("pulsegate-source-" + door.source())
                .start(this::run));
  }

  private void run() {
    long backoff = BACKOFF_MILLIS;
    while (closing.getCount() > 0) {
      try {
        KafkaConsumer<byte[], byte[]> opened = open();
        consumer = Optional.of(opened);
        while (closing.getCount() > 0) {
          turn(opened);
          backoff = BACKOFF_MILLIS;
        }
      } catch (WakeupException ending) {
        // close() was called.
      } catch (KafkaException e) {
        tell(e.getClass().getSimpleName() + ": " + e.getMessage());
        backoff = pause(backoff);
      } catch (RuntimeException bug) {
        LOG.log(Level.ERROR, "a source failed, and begins anew: " + door.source(), bug);
        backoff = pause(backoff);
      } finally {
        consumer.ifPresent(opened -> opened.close(CloseOptions.timeout(CLOSE_MAX)));
        consumer = Optional.empty();
        pausedUntil.clear();
        up = false;
      }
    }
  }

  private long pause(long millis) {
    try {
      boolean _ = closing.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a source", e);
    }
    return Math.min(2 * millis, BACKOFF_MAX_MILLIS);
  }

  private KafkaConsumer<byte[], byte[]> open() {
    var opened =
        new KafkaConsumer<>(
            new HashMap<String, Object>(config.properties()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    if (config.pattern().isPresent()) {
      opened.subscribe(config.pattern().get());
    } else {
      opened.subscribe(config.topics());
    }
    return opened;
  }

  private void turn(KafkaConsumer<byte[], byte[]> from) {
    resume(from);
    ConsumerRecords<byte[], byte[]> records =
        from.poll(pausedUntil.isEmpty() ? POLL : POLL_WHILE_PAUSED);
    // A consumer that reaches nobody gives nothing, and says nothing.
    up = !from.assignment().isEmpty();
    Map<TopicPartition, Portion> portions = new LinkedHashMap<>();
    Optional<Identity.Known> known = tenants.apply(config.tenant());
    for (TopicPartition partition : records.partitions()) {
      if (known.isPresent()) {
        var portion = new Portion(door, known.get());
        portions.put(partition, portion);
        portion.begin(records.records(partition));
      } else {
        postpone(from, partition, records, NO_TENANT);
      }
    }
    Map<TopicPartition, OffsetAndMetadata> taken = new HashMap<>();
    portions.forEach((partition, portion) -> {
      switch (portion.settle()) {
        case Fate.Taken fate -> {
          taken.put(
              partition, records.nextOffsets().getOrDefault(partition, next(records, partition)));
          count(records.records(partition).size(), fate);
        }
        case Fate.Denied denied -> postpone(from, partition, records, denied);
      }
    });
    commit(from, taken);
    lag = lagOf(from);
    paused = pausedUntil.size();
  }

  private static OffsetAndMetadata next(
      ConsumerRecords<byte[], byte[]> records, TopicPartition partition) {
    return new OffsetAndMetadata(records.records(partition).getLast().offset() + 1);
  }

  private void count(int records, Fate.Taken fate) {
    count("taken", records - fate.letters() - fate.empty());
    count("dead_letter", fate.letters());
    count("empty", fate.empty());
    trouble = "";
  }

  private void count(String outcome, int records) {
    if (records > 0) {
      metrics.counter(SourceMetric.RECORDS, door.source(), outcome).add(records);
    }
  }

  private void postpone(
      KafkaConsumer<byte[], byte[]> from,
      TopicPartition partition,
      ConsumerRecords<byte[], byte[]> records,
      Fate.Denied denied) {
    from.seek(partition, records.records(partition).getFirst().offset());
    from.pause(List.of(partition));
    pausedUntil.put(partition, System.nanoTime() + denied.retryAfter().toNanos());
    tell(denied.reason());
  }

  private void resume(KafkaConsumer<byte[], byte[]> from) {
    Set<TopicPartition> ours = from.assignment();
    pausedUntil.keySet().removeIf(partition -> !ours.contains(partition));
    long now = System.nanoTime();
    pausedUntil
        .entrySet()
        .removeIf(entry -> {
          boolean due = entry.getValue() - now <= 0;
          if (due) {
            from.resume(List.of(entry.getKey()));
          }
          return due;
        });
  }

  /// Where it fails, what was taken comes again, here or elsewhere.
  private void commit(
      KafkaConsumer<byte[], byte[]> from, Map<TopicPartition, OffsetAndMetadata> taken) {
    if (taken.isEmpty()) {
      return;
    }
    try {
      from.commitSync(taken);
    } catch (WakeupException closed) {
      // The offsets of what is synced are committed all the same, so that nothing comes again.
      from.commitSync(taken);
      throw closed;
    } catch (RebalanceInProgressException lost) {
      tell("offsets were not committed, as the group is being shared anew");
    }
  }

  private static long lagOf(KafkaConsumer<byte[], byte[]> from) {
    long sum = 0;
    for (TopicPartition partition : from.assignment()) {
      sum += from.currentLag(partition).orElse(0);
    }
    return sum;
  }

  /// Says the same thing once.
  private void tell(String reason) {
    if (!reason.equals(trouble)) {
      trouble = reason;
      LOG.log(
          Level.WARNING,
          "records are not taken now; they stay in Kafka: source={0} reason={1}",
          door.source(),
          reason);
    }
  }

  /// Ends after the turn under way.
  @Override
  public void close() {
    closing.countDown();
    consumer.ifPresent(KafkaConsumer::wakeup);
    thread.ifPresent(running -> {
      try {
        running.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }
}
