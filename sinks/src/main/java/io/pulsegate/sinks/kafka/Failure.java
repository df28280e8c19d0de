package io.pulsegate.sinks.kafka;

import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Unavailable;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequiredAcksException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.Errors;

/// What an error of Kafka's client means for a record.
sealed interface Failure {
  /// The record will never be taken. Those around it are taken all the same.
  record Rejected(String code, String reason) implements Failure {}

  /// The record's topic takes nothing from us: it is missing, or we may not write to it.
  record TopicRefused(String reason) implements Failure {}

  /// The brokers refuse us altogether.
  record Misconfigured(String reason) implements Failure {}

  /// The brokers are away or overloaded.
  record Outage(String reason) implements Failure {}

  /// It may be about the record or not: the next try tells.
  record Unclear(String code, String reason) implements Failure {}

  /// It failed for another record's sake: with a batch of which one record was refused, or because
  /// the producer was given up.
  record Again(String reason) implements Failure {}

  /// These are about the record and nothing else, with the code of the dead letter.
  Set<Class<? extends ApiException>> ABOUT_THE_RECORD =
      Set.of(
          RecordTooLargeException.class,
          InvalidRecordException.class,
          InvalidTimestampException.class);

  /// These are about how somebody has set things up.
  Set<Class<? extends ApiException>> ABOUT_THE_SETTING =
      Set.of(
          InvalidConfigurationException.class,
          InvalidRequiredAcksException.class,
          PolicyViolationException.class,
          UnsupportedForMessageFormatException.class,
          UnsupportedVersionException.class);

  /// Reads an error; what its text may show of the record stays out of the reasons.
  static Failure of(Throwable error, String topic) {
    return switch (error) {
      case SerializationException _ ->
          new Rejected("SERIALIZATION", "the record cannot be serialised");
      case ApiException about when ABOUT_THE_RECORD.contains(about.getClass()) ->
          new Rejected(
              Errors.forException(about).name(), "topic " + topic + ": " + about.getMessage());
      case UnknownTopicOrPartitionException _ -> missing(topic);
      case InvalidTopicException _ ->
          new Rejected("INVALID_TOPIC", "topic " + topic + " is no name of a topic");
      case org.apache.kafka.common.errors.TopicAuthorizationException _ ->
          new TopicRefused("not authorised to write to the topic " + topic);
      case AuthorizationException refused -> new Misconfigured(text(refused));
      case AuthenticationException refused -> new Misconfigured(text(refused));
      case ApiException about when ABOUT_THE_SETTING.contains(about.getClass()) ->
          new Misconfigured(text(about));
      case org.apache.kafka.common.errors.TimeoutException late
          when late.getCause() instanceof UnknownTopicOrPartitionException ->
          missing(topic);
      case RetriableException away -> new Outage(text(away));
      // The producer has lost its place with the brokers; a new one has another.
      case OutOfOrderSequenceException lost -> new Outage(text(lost));
      case ApiException other ->
          new Unclear(Errors.forException(other).name(), "topic " + topic + ": " + text(other));
      default -> new Again(text(error));
    };
  }

  /// The topic is not there.
  static Failure missing(String topic) {
    return new TopicRefused("the topic " + topic + " does not exist, or is not ours to see");
  }

  /// What the caller is told, where a failure is about more than one record.
  static Unavailable unavailable(Failure failure) {
    return switch (failure) {
      case TopicRefused(String reason) -> unavailable(Cause.MISCONFIGURED, reason);
      case Misconfigured(String reason) -> unavailable(Cause.MISCONFIGURED, reason);
      case Outage(String reason) -> unavailable(Cause.OUTAGE, reason);
      case Again(String reason) -> unavailable(Cause.OUTAGE, reason);
      case Unclear(String code, String reason) -> unavailable(Cause.OUTAGE, code + ": " + reason);
      case Rejected(String code, String reason) -> unavailable(Cause.OUTAGE, code + ": " + reason);
    };
  }

  private static Unavailable unavailable(Cause cause, String reason) {
    return new Unavailable(cause, reason, Optional.empty());
  }

  private static String text(Throwable error) {
    return error.getClass().getSimpleName() + ": " + error.getMessage();
  }
}
