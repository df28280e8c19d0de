package io.pulsegate.transforms.router;

import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonText;
import io.pulsegate.transforms.router.RouterConfig.Rule;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/// Gives events another type or partition key by the first rule that fits, or keeps a sample.
final class Router implements Transform {
  private static final int PARTITION_KEY_BYTES_MAX = 256;

  private final RouterConfig config;

  Router(RouterConfig config) {
    this.config = config;
  }

  @Override
  public Verdict apply(TransformEvent event) {
    for (Rule rule : config.rules()) {
      if (rule.test().holds(event)) {
        return apply(rule, event);
      }
    }
    return new Verdict.Keep(event);
  }

  private static Verdict apply(Rule rule, TransformEvent event) {
    if (rule.sample() < 1 && place(event.received().eventId()) >= rule.sample()) {
      return new Verdict.Drop("sampled_out");
    }
    String type = rule.type().orElse(event.type());
    Optional<String> key =
        rule.partitionKey()
            .flatMap(path -> event.payload().at(path))
            .flatMap(Router::keyOf)
            .or(event::partitionKey);
    var changed = new TransformEvent(event.received(), type, event.payload(), key);
    return new Verdict.Keep(changed.equals(event) ? event : changed);
  }

  /// A field as a partition key; empty where it is too long or neither text nor number.
  private static Optional<String> keyOf(JsonValue value) {
    Optional<String> key =
        switch (value) {
          case JsonText(String text) -> Optional.of(text);
          case JsonNumber(String digits) -> Optional.of(digits);
          default -> Optional.empty();
        };
    return key.filter(text ->
        !text.isEmpty() && text.getBytes(StandardCharsets.UTF_8).length <= PARTITION_KEY_BYTES_MAX);
  }

  /// Where in [0, 1) an id falls; evenly spread, and the same for ever.
  private static double place(String eventId) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] hash = digest.digest(eventId.getBytes(StandardCharsets.UTF_8));
      return (ByteBuffer.wrap(hash).getLong() >>> 11) * 0x1.0p-53;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
