package io.pulsegate.core;

/// How far a replay into one sink has come.
///
/// @param position next offset that it reads
/// @param passedOver entries that were not asked for, or that the pipeline drops
/// @param isDone whether everything in its range is settled
/// @param reason why it does not get on; empty while it does
public record ReplayStatus(
    String sink,
    long from,
    long until,
    long position,
    long delivered,
    long deadLettered,
    long passedOver,
    boolean isDone,
    String reason) {}
