package io.pulsegate.bench.load;

/// What a run sends.
///
/// @param batch events per request, 1 to 10,000; one is sent as an object, more as an array
/// @param gzip whether bodies are compressed
/// @param poisonEvery every so many events one has the type `poison`; 0 means none
/// @param seed from which ids and contents follow
public record Payload(EventShape shape, int batch, boolean gzip, long poisonEvery, long seed) {
  public Payload {
    if (batch < 1 || batch > 10_000) {
      throw new IllegalArgumentException("batch must be 1 to 10,000, was " + batch);
    }
    if (poisonEvery < 0) {
      throw new IllegalArgumentException("poison-every must not be negative, was " + poisonEvery);
    }
  }

  /// Whether event `sequence` is a poisonous one.
  public boolean isPoison(long sequence) {
    return poisonEvery > 0 && sequence % poisonEvery == poisonEvery - 1;
  }
}
