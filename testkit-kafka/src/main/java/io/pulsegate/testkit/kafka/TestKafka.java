package io.pulsegate.testkit.kafka;

import io.pulsegate.testkit.TcpLink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// A real Kafka of one or more nodes on loopback, each in a process of its own that can be killed
/// and started again on the same files and ports. Clients reach it directly, or by links that the
/// test cuts and stalls.
///
/// Everybody may do everything but for what an ACL denies (of a single node); the user `pulse` with
/// the password `secret` may come in by SASL. Ends with the JVM. One thread at a time.
public final class TestKafka implements AutoCloseable {
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(90);

  /// Kafka's clients tell much; held, as a logger that nobody holds forgets its level.
  private static final Logger CLIENTS = Logger.getLogger("org.apache.kafka");

  static {
    CLIENTS.setLevel(Level.SEVERE);
  }

  private final Path folder;
  private final String clusterId = Uuid.randomUuid().toString();
  private final List<Node> nodes = new ArrayList<>();
  private final Certificate certificate;
  private final List<TcpLink> links;
  private final Thread endWithJvm = new Thread(this::closeQuietly, "test-kafka-end");

  private static final class Node {
    final Ports ports;
    final Path properties;
    Optional<Process> process = Optional.empty();

    Node(Ports ports, Path properties) {
      this.ports = ports;
      this.properties = properties;
    }
  }

  private TestKafka(int count) throws IOException {
    this.folder = Files.createTempDirectory("pulsegate-kafka");
    this.certificate = Certificate.in(folder);
    List<Ports> ports = Ports.free(count);
    this.links = ports.stream().map(each -> new TcpLink(each.link(), each.linked())).toList();
    for (int i = 0; i < count; i++) {
      Path properties = folder.resolve("node-" + i + ".properties");
      Files.writeString(
          properties,
          NodeProperties.text(i, ports, folder.resolve("data-" + i).toString(), certificate));
      nodes.add(new Node(ports.get(i), properties));
    }
    Runtime.getRuntime().addShutdownHook(endWithJvm);
    IntStream.range(0, count).forEach(this::launch);
    awaitReady();
  }

  /// One node.
  public static TestKafka start() {
    return start(1);
  }

  /// As many nodes as there are to be, from 0 on; topics have up to three replicas.
  public static TestKafka start(int nodes) {
    try {
      return new TestKafka(nodes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One node for all tests of this JVM that do not stop it.
  public static TestKafka shared() {
    return Shared.KAFKA;
  }

  /// Addresses that always lead to the brokers.
  public String servers() {
    return servers(Ports::direct);
  }

  /// Addresses behind the links: what [#cut] and [#stall] are about.
  public String linkedServers() {
    return servers(Ports::link);
  }

  /// Addresses that want SASL PLAIN.
  public String saslServers() {
    return servers(Ports::sasl);
  }

  /// Addresses that want SASL PLAIN over TLS.
  public String tlsServers() {
    return servers(Ports::tls);
  }

  /// The certificate of [#tlsServers], as PEM.
  public Path certificate() {
    return certificate.pem();
  }

  private String servers(java.util.function.ToIntFunction<Ports> port) {
    return nodes.stream()
        .map(node -> "127.0.0.1:" + port.applyAsInt(node.ports))
        .collect(Collectors.joining(","));
  }

  /// Ends all connections by the links and refuses new ones.
  public void cut() {
    links.forEach(TcpLink::cut);
  }

  /// The links take connections and bytes and pass nothing on.
  public void stall() {
    links.forEach(TcpLink::stall);
  }

  /// The links work again.
  public void mend() {
    links.forEach(TcpLink::mend);
  }

  /// Kills a node: `kill -9`.
  public void kill(int node) {
    nodes.get(node).process.ifPresent(process -> process.destroyForcibly().onExit().join());
    nodes.get(node).process = Optional.empty();
  }

  /// Starts a killed node again, without waiting until it is ready.
  public void restart(int node) {
    launch(node);
  }

  /// A new client for administration, by the direct addresses.
  public Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", servers(), "default.api.timeout.ms", 60_000));
  }

  /// Somebody who sends, by the direct addresses.
  public TestSender sender() {
    return new TestSender(servers());
  }

  /// Makes a topic; it is there when this returns.
  public void createTopic(String name, int partitions, Map<String, String> config) {
    createTopics(List.of(name), partitions, config);
  }

  /// Makes topics; they are there when this returns.
  public void createTopics(List<String> names, int partitions, Map<String, String> config) {
    short replicas = (short) Math.min(nodes.size(), 3);
    try (Admin admin = admin()) {
      List<NewTopic> topics =
          names.stream()
              .map(name -> new NewTopic(name, partitions, replicas).configs(config))
              .toList();
      get(admin.createTopics(topics).all());
      awaitThat(() -> admin.describeTopics(names).allTopicNames().get().size() == names.size());
    }
  }

  /// All records of topics: topic after topic, partition after partition, each in its order.
  public List<ConsumerRecord<byte[], byte[]>> records(List<String> topics) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    read(topics, Long.MAX_VALUE, records::add);
    records.sort(
        Comparator.<ConsumerRecord<byte[], byte[]>, String>comparing(ConsumerRecord::topic)
            .thenComparingInt(ConsumerRecord::partition)
            .thenComparingLong(ConsumerRecord::offset));
    return records;
  }

  /// Some records of a topic, at least so many where it has them.
  public List<ConsumerRecord<byte[], byte[]>> sample(String topic, int count) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    read(List.of(topic), count, records::add);
    return records;
  }

  /// Every record of a topic, each partition's in its order.
  public void forEach(String topic, Consumer<Received> visitor) {
    read(List.of(topic), Long.MAX_VALUE, record -> visitor.accept(Received.of(record)));
  }

  private void read(
      List<String> topics, long count, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
    Map<String, Object> config =
        Map.of("bootstrap.servers", servers(), "auto.offset.reset", "earliest");
    try (var consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = partitions(topics);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long left = count;
      while (left > 0
          && partitions.stream()
              .anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
        var polled = consumer.poll(Duration.ofMillis(200));
        polled.forEach(visitor);
        left -= polled.count();
      }
    }
  }

  /// The same as text.
  public List<Received> received(String... topics) {
    return records(List.of(topics)).stream().map(Received::of).toList();
  }

  /// As the controller knows them: what one broker says may lag behind.
  private List<TopicPartition> partitions(List<String> topics) {
    try (Admin admin = admin()) {
      return get(admin.describeTopics(topics).allTopicNames()).values().stream()
          .flatMap(topic ->
              topic.partitions().stream()
                  .map(info -> new TopicPartition(topic.name(), info.partition())))
          .toList();
    }
  }

  /// Whether a group has committed the ends of all partitions of a topic.
  public boolean isRead(String group, String topic) {
    try (Admin admin = admin()) {
      var committed = get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
      Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
      partitions(List.of(topic)).forEach(partition -> asked.put(partition, OffsetSpec.latest()));
      return get(admin.listOffsets(asked).all()).entrySet().stream()
          .allMatch(end -> {
            OffsetAndMetadata read = committed.get(end.getKey());
            return read != null
                ? read.offset() == end.getValue().offset()
                : end.getValue().offset() == 0;
          });
    }
  }

  /// Waits for the broker to have done what was asked of it.
  public static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What may fail while the brokers come to agree.
  @FunctionalInterface
  public interface Check {
    boolean holds() throws Exception;
  }

  /// Waits until something holds; what throws does not hold yet.
  public static void awaitThat(Check check) {
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < START_NANOS) {
      try {
        if (check.holds()) {
          return;
        }
      } catch (Exception notYet) {
        // Asked again below.
      }
      LockSupport.parkNanos(20_000_000);
    }
    throw new IllegalStateException("it did not come to hold");
  }

  /// Waits until every node that runs has joined.
  public void awaitReady() {
    long running = nodes.stream().filter(node -> node.process.isPresent()).count();
    try (Admin admin = admin()) {
      awaitThat(() -> {
        requireAlive();
        return admin.describeCluster().nodes().get().size() == running;
      });
    }
  }

  private void requireAlive() {
    for (Node node : nodes) {
      if (node.process.isPresent() && !node.process.get().isAlive()) {
        throw new AssertionError("a broker ended; its output is in " + node.properties + ".log");
      }
    }
  }

  private void launch(int index) {
    Node node = nodes.get(index);
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx320m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            KafkaNode.class.getName(),
            clusterId,
            node.properties.toString());
    builder.redirectErrorStream(true).redirectOutput(Path.of(node.properties + ".log").toFile());
    try {
      node.process = Optional.of(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(endWithJvm);
    closeQuietly();
  }

  private void closeQuietly() {
    links.forEach(TcpLink::close);
    IntStream.range(0, nodes.size()).forEach(this::kill);
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException | UncheckedIOException leftovers) {
      System.getLogger(TestKafka.class.getName())
          .log(System.Logger.Level.WARNING, "could not delete " + folder, leftovers);
    }
  }

  private static final class Shared {
    static final TestKafka KAFKA = start();
  }
}
