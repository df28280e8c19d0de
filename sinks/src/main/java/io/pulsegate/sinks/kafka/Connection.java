package io.pulsegate.sinks.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;

/// The one producer of a sink, made when it is needed and given up after every trouble: a new one
/// begins with nothing under way, so that nothing overtakes what is sent again.
///
/// Topics are looked up by a client of their own before the producer meets them, as the producer
/// would wait for a topic that is not there, and could not say why.
final class Connection implements AutoCloseable {
  private final KafkaConfig config;

  /// Topics that are there, with the number of their partitions. Read by any thread.
  private final Map<String, Integer> known = new ConcurrentHashMap<>();

  /// Partitions that have taken something from the present producer.
  private final Set<TopicPartition> opened = new HashSet<>();

  private Optional<Admin> admin = Optional.empty();
  private Optional<KafkaProducer<byte[], byte[]>> producer = Optional.empty();
  private boolean closed;

  Connection(KafkaConfig config) {
    this.config = config;
  }

  /// Looks topics up that were not seen since the last trouble.
  ///
  /// @return what is wrong, by topic; where the brokers cannot be asked, by every topic that was
  ///   asked for
  Map<String, Failure> lookUp(Set<String> topics) throws InterruptedException {
    List<String> unknown = topics.stream().filter(topic -> !known.containsKey(topic)).toList();
    if (unknown.isEmpty()) {
      return Map.of();
    }
    var failures = new HashMap<String, Failure>();
    try {
      Map<String, KafkaFuture<TopicDescription>> answers =
          admin().describeTopics(unknown, timeLimit()).topicNameValues();
      for (String topic : unknown) {
        answer(topic, answers).ifPresent(failure -> failures.put(topic, failure));
      }
    } catch (KafkaException e) {
      // No address could be resolved, or a file is missing.
      unknown.forEach(topic -> failures.put(topic, ofStart(e)));
    }
    return failures;
  }

  private Optional<Failure> answer(String topic, Map<String, KafkaFuture<TopicDescription>> answers)
      throws InterruptedException {
    KafkaFuture<TopicDescription> answer = answers.get(topic);
    if (answer == null) {
      return Optional.of(Failure.of(new InvalidTopicException(topic), topic));
    }
    try {
      known.put(topic, answer.get().partitions().size());
      return Optional.empty();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return Optional.of(Failure.of(cause, topic));
    }
  }

  /// What an exception at the making of a client means.
  static Failure ofStart(KafkaException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String reason = root.getMessage() == null ? root.toString() : root.getMessage();
    return reason.contains("bootstrap")
        ? new Failure.Outage(reason)
        : new Failure.Misconfigured(reason);
  }

  private DescribeTopicsOptions timeLimit() {
    return new DescribeTopicsOptions().timeoutMs((int) config.connectTimeout().toMillis());
  }

  private synchronized Admin admin() {
    requireOpen();
    if (admin.isEmpty()) {
      var properties = new HashMap<String, Object>(config.clientProperties());
      int millis = (int) config.connectTimeout().toMillis();
      properties.put("request.timeout.ms", millis);
      properties.put("default.api.timeout.ms", millis);
      admin = Optional.of(Admin.create(properties));
    }
    return admin.get();
  }

  /// The producer.
  ///
  /// @throws KafkaException where it cannot be made, or all is closed
  synchronized KafkaProducer<byte[], byte[]> producer() {
    requireOpen();
    if (producer.isEmpty()) {
      var properties = new HashMap<String, Object>(config.clientProperties());
      properties.putAll(config.producerProperties());
      producer =
          Optional.of(
              new KafkaProducer<>(
                  properties, new ByteArraySerializer(), new ByteArraySerializer()));
    }
    return producer.get();
  }

  private void requireOpen() {
    if (closed) {
      throw new KafkaException("the sink is closed");
    }
  }

  /// The partition that a key belongs to, where it has taken nothing from the present producer yet.
  Optional<TopicPartition> unopened(String topic, byte[] key) {
    var partition = new TopicPartition(topic, partition(key, known.getOrDefault(topic, 1)));
    return opened.contains(partition) ? Optional.empty() : Optional.of(partition);
  }

  /// The partition that a key belongs to; empty while nothing is known of the topic. Any thread.
  OptionalInt partitionOf(String topic, byte[] key) {
    Integer partitions = known.get(topic);
    return partitions == null ? OptionalInt.empty() : OptionalInt.of(partition(key, partitions));
  }

  /// As Kafka's own partitioner has it.
  private static int partition(byte[] key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }

  /// The partition has taken something.
  void opened(TopicPartition partition) {
    opened.add(partition);
  }

  /// Lets go of the producer; what it had under way has failed when this returns. What is known of
  /// topics is asked again.
  void giveUp() {
    known.clear();
    opened.clear();
    Optional<KafkaProducer<byte[], byte[]>> old;
    synchronized (this) {
      old = producer;
      producer = Optional.empty();
    }
    old.ifPresent(given -> given.close(Duration.ZERO));
  }

  /// Whether [#close] was called.
  synchronized boolean isClosed() {
    return closed;
  }

  /// Ends everything at once; a write under way fails. Any thread.
  @Override
  public void close() {
    List<AutoCloseable> open = new ArrayList<>();
    synchronized (this) {
      closed = true;
      producer.ifPresent(given -> open.add(() -> given.close(Duration.ZERO)));
      admin.ifPresent(given -> open.add(() -> given.close(Duration.ZERO)));
      producer = Optional.empty();
      admin = Optional.empty();
    }
    for (AutoCloseable each : open) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
