package io.pulsegate.api;

import io.pulsegate.json.JsonValue.JsonObject;
import java.util.Optional;

/// An event on its way through a chain of transforms. Id, tenant, times and trace stay as they were
/// received; type, payload and partition key may be changed. Immutable.
///
/// @param received the event as it was accepted
/// @param type 1 to 256 bytes in UTF-8, no control characters
/// @param partitionKey at most 256 bytes
public record TransformEvent(
    Event received, String type, JsonObject payload, Optional<String> partitionKey) {

  /// The same event with another payload.
  public TransformEvent withPayload(JsonObject changed) {
    return new TransformEvent(received, type, changed, partitionKey);
  }

  /// The same event with another type.
  public TransformEvent withType(String changed) {
    return new TransformEvent(received, changed, payload, partitionKey);
  }

  /// The same event with another partition key.
  public TransformEvent withPartitionKey(String changed) {
    return new TransformEvent(received, type, payload, Optional.of(changed));
  }
}
