package io.pulsegate.core;

import io.pulsegate.api.Event;
import io.pulsegate.api.LaneKey;
import java.time.Instant;

/// An event that a destination will never take, and why. Its key is (log id, partition, offset,
/// child, sink, run): putting it again replaces it.
///
/// @param child which part of a split event, 0 for the whole
/// @param run which pass over the log, 0 for live delivery
/// @param stage where it failed, such as `sink`
/// @param component the component's name in the configuration
/// @param code stable, for machines: such as an SQLSTATE
/// @param reason for a person, without the event's content
/// @param attempts how often it was tried
public record DeadLetter(
    String logId,
    int partition,
    long offset,
    int child,
    String sink,
    long run,
    LaneKey lane,
    Event event,
    String stage,
    String component,
    String code,
    String reason,
    int attempts,
    Instant firstFailure,
    Instant lastFailure) {}
