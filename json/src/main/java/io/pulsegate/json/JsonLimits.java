package io.pulsegate.json;

/// What a [JsonScanner] refuses although the grammar allows it. The size of a document is bounded
/// by whoever reads it from the network.
///
/// @param depthMax nested objects and arrays, the outermost counted as 1; 1 to 10000
/// @param nameBytesMax bytes of a field name as written, without its quotes; at least 1
/// @param numberBytesMax bytes of a number as written; at least 1
public record JsonLimits(int depthMax, int nameBytesMax, int numberBytesMax) {

  /// Names and numbers are within what Jackson reads with its own defaults, so that nothing that
  /// passed the front door fails in a consumer behind it.
  public static final JsonLimits DEFAULT = new JsonLimits(64, 4096, 1000);

  /// The same with another depth.
  public JsonLimits withDepth(int depth) {
    return new JsonLimits(depth, nameBytesMax, numberBytesMax);
  }

  public JsonLimits {
    if (depthMax < 1 || depthMax > 10_000) {
      throw new IllegalArgumentException("depthMax must be 1 to 10000, was " + depthMax);
    }
    if (nameBytesMax < 1) {
      throw new IllegalArgumentException("nameBytesMax must be at least 1, was " + nameBytesMax);
    }
    if (numberBytesMax < 1) {
      throw new IllegalArgumentException(
          "numberBytesMax must be at least 1, was " + numberBytesMax);
    }
  }
}
