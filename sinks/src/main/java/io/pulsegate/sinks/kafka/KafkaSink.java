package io.pulsegate.sinks.kafka;

import io.pulsegate.api.Batch;
import io.pulsegate.api.LetterCopy;
import io.pulsegate.api.LetterMirror;
import io.pulsegate.api.Partitioned;
import io.pulsegate.api.Sink;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Unavailable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.KafkaException;

/// Delivers into Kafka: a write returns when the brokers have acknowledged every record.
///
/// At least once: what was under way in an outage or a crash comes again, under the same
/// `event_id`. In order by key: see [Round]. What was acknowledged in a write that was not
/// delivered as a whole is left out of the very next write, which brings the batch again
/// ([Acknowledged]); every other write sends all that it is given.
final class KafkaSink implements Sink, LetterMirror, Partitioned {
  private static final System.Logger LOG = System.getLogger(KafkaSink.class.getName());
  private static final Unavailable CLOSED =
      new Unavailable(Cause.OUTAGE, "the sink is closed", Optional.empty());

  private final KafkaConfig config;
  private final Connection connection;
  private final Stamp stamp;
  private final Optional<LetterTopic> letters;
  private Acknowledged ofLastWrite = new Acknowledged();

  KafkaSink(KafkaConfig config, SinkContext context) {
    this.config = config;
    this.connection = new Connection(config);
    this.stamp = new Stamp(config.recordTime(), context.clock());
    this.letters =
        config.deadLetterTopic().map(topic -> new LetterTopic(topic, config, context.clock()));
    if (!config.idempotent()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "sink {0}: the producer is not idempotent, because acks is not all, max_in_flight is above 5, or properties say so; retries may double and reorder records",
          context.name());
    }
  }

  @Override
  public WriteResult write(Batch batch) throws InterruptedException {
    if (batch.events() == 0) {
      return new WriteResult.Delivered();
    }
    var entries = new Entries(batch, config.address().topic(), ofLastWrite);
    ofLastWrite = new Acknowledged();
    try {
      Optional<Failure> failure = send(entries);
      if (failure.isEmpty()) {
        return entries.result(ofLastWrite);
      }
      entries.keepAll(ofLastWrite);
      return connection.isClosed() ? CLOSED : Failure.unavailable(failure.get());
    } catch (InterruptedException e) {
      connection.giveUp();
      throw e;
    }
  }

  /// Sends until every entry is acknowledged, rejected, or refused by a topic of its own.
  ///
  /// @return what is wrong for everybody
  private Optional<Failure> send(Entries entries) throws InterruptedException {
    while (!entries.topicsToSend().isEmpty()) {
      Map<String, Failure> refused = connection.lookUp(entries.topicsToSend());
      Optional<Failure> ofAll =
          refused.values().stream().filter(failure -> isOfAll(failure, entries)).findFirst();
      if (ofAll.isPresent()) {
        connection.giveUp();
        return ofAll;
      }
      entries.refuse(refused);
      int settledBefore = entries.settled();
      try {
        boolean well =
            new Round(connection, config.address().key(), stamp, entries).run(config.idempotent());
        if (!well) {
          connection.giveUp();
        }
      } catch (KafkaException e) {
        connection.giveUp();
        return Optional.of(Connection.ofStart(e));
      }
      Optional<Failure> failure = sort(entries, entries.settled() > settledBefore);
      if (failure.isPresent()) {
        return failure;
      }
    }
    return Optional.empty();
  }

  private static boolean isOfAll(Failure failure, Entries entries) {
    return switch (failure) {
      case Failure.Rejected _ -> false;
      case Failure.TopicRefused _ -> entries.hasOneTopic();
      case Failure.Misconfigured _, Failure.Outage _, Failure.Unclear _, Failure.Again _ -> true;
    };
  }

  /// Decides on what failed in a round: sent again, rejected, or the end of the write.
  ///
  /// @param progress whether the round settled anything
  private Optional<Failure> sort(Entries entries, boolean progress) {
    Optional<Failure> hard = hardFailure(entries);
    if (hard.isPresent()) {
      return hard;
    }
    boolean explained = progress || entries.hasUnclear();
    for (int i = 0; i < entries.count(); i++) {
      switch (entries.failure(i).orElse(null)) {
        case Failure.TopicRefused _ -> entries.block(i);
        case Failure.Again again -> {
          if (!explained) {
            return Optional.of(again);
          }
          int _ = entries.again(i, false);
        }
        case Failure.Unclear unclear -> {
          if (entries.again(i, true) > config.maxRetries()) {
            if (!progress) {
              return Optional.of(unclear);
            }
            entries.fail(i, new Failure.Rejected(unclear.code(), unclear.reason()));
          }
        }
        case null, default -> {}
      }
    }
    return Optional.empty();
  }

  private static Optional<Failure> hardFailure(Entries entries) {
    for (int i = 0; i < entries.count(); i++) {
      Optional<Failure> failure = entries.failure(i);
      if (failure.isPresent()
          && (failure.get() instanceof Failure.Outage
              || failure.get() instanceof Failure.Misconfigured
              || (failure.get() instanceof Failure.TopicRefused && entries.hasOneTopic()))) {
        return failure;
      }
    }
    return Optional.empty();
  }

  @Override
  public OptionalInt partitionOf(TenantId tenant, byte[] partitionKey) {
    Optional<String> topic = config.address().topic().ofTenant(tenant);
    return config.partitionsByKey() && topic.isPresent()
        ? connection.partitionOf(topic.get(), partitionKey)
        : OptionalInt.empty();
  }

  @Override
  public boolean takesLetters() {
    return letters.isPresent();
  }

  @Override
  public Optional<Unavailable> mirror(List<LetterCopy> copies) throws InterruptedException {
    return letters.isPresent() ? letters.get().send(copies) : Optional.empty();
  }

  @Override
  public void close() {
    letters.ifPresent(LetterTopic::close);
    connection.close();
  }
}
