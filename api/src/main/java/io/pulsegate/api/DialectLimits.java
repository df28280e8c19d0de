package io.pulsegate.api;

/// What every dialect refuses, whatever its wire format. Sizes are bounded elsewhere: of a body by
/// the edge, of an event by [EventWriter].
///
/// @param eventsMax events of one request, at least 1
/// @param depthMax nested objects and arrays of a JSON document, its outermost counted as 1; 1 to
///   10000
public record DialectLimits(int eventsMax, int depthMax) {
  /// 10,000 events, 64 levels.
  public static final DialectLimits DEFAULT = new DialectLimits(10_000, 64);

  public DialectLimits {
    if (eventsMax < 1) {
      throw new IllegalArgumentException("eventsMax is at least 1, was " + eventsMax);
    }
    if (depthMax < 1 || depthMax > 10_000) {
      throw new IllegalArgumentException("depthMax is 1 to 10000, was " + depthMax);
    }
  }
}
