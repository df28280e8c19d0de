package io.pulsegate.testkit;

/// One event as it arrived at a destination that keeps no cursor.
///
/// @param payload the JSON text that arrived as the event's payload
public record Arrival(String tenant, String eventId, String type, String payload) {}
