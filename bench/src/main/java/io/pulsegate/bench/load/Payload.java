package io.pulsegate.bench.load;

import java.util.random.RandomGenerator;

/// What a run sends.
///
/// @param batch events per request, 1 to 10,000; natively one is sent as an object, more as an
///   array
/// @param gzip whether bodies are compressed
/// @param poisonEvery every so many events one has the type `poison`; 0 means none
/// @param wire in which words they are sent; any but the native one sends [EventShape#DEFAULT]
///   without poison
/// @param seed from which ids and contents follow
public record Payload(
    WireFormat wire, EventShape shape, int batch, boolean gzip, long poisonEvery, long seed) {
  /// In the words of the native API.
  public Payload(EventShape shape, int batch, boolean gzip, long poisonEvery, long seed) {
    this(WireFormat.NATIVE, shape, batch, gzip, poisonEvery, seed);
  }

  public Payload {
    if (batch < 1 || batch > 10_000) {
      throw new IllegalArgumentException("batch must be 1 to 10,000, was " + batch);
    }
    if (poisonEvery < 0) {
      throw new IllegalArgumentException("poison-every must not be negative, was " + poisonEvery);
    }
    if (wire != WireFormat.NATIVE && (shape != EventShape.DEFAULT || poisonEvery > 0)) {
      throw new IllegalArgumentException(
          "the dialect " + wire + " sends the default shape only, and no poison");
    }
    if (wire == WireFormat.PULSEMETRICS && batch > 1) {
      throw new IllegalArgumentException("pulsemetrics sends one event a request, not " + batch);
    }
  }

  /// Event `index` of a request.
  EventTemplate render(RandomGenerator random, int index) {
    return wire == WireFormat.NATIVE
        ? shape.render(random)
        : ForeignEvents.render(wire, random, index, batch);
  }

  /// Whether event `sequence` is a poisonous one.
  public boolean isPoison(long sequence) {
    return poisonEvery > 0 && sequence % poisonEvery == poisonEvery - 1;
  }
}
