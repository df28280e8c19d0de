package io.pulsegate.api;

import java.time.Instant;

/// A dead letter as a [LetterMirror] is given it.
///
/// @param id rises with every letter
/// @param sink the destination the event was for
/// @param stage where it failed, such as `sink`
/// @param component what failed, by its name in the configuration
/// @param code stable, for machines
/// @param reason for a person, without the event's content
/// @param attempts how often it was tried
public record LetterCopy(
    long id,
    Event event,
    String sink,
    String stage,
    String component,
    String code,
    String reason,
    int attempts,
    Instant firstFailure,
    Instant lastFailure) {}
