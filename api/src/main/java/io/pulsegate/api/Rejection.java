package io.pulsegate.api;

/// An entry that its destination will never take, by its offset.
///
/// @param code stable, for machines: such as an SQLSTATE
/// @param reason for a person, without the event's content
public record Rejection(long offset, String code, String reason) {}
