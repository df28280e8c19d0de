package io.pulsegate.bench.scenario;

/// What a closed loop over a log appends.
///
/// @param inFlight appends at any time
/// @param events in each
/// @param bodyBytes of each
public record LoopLoad(int inFlight, int events, int bodyBytes) {}
