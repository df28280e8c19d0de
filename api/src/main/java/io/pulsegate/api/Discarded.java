package io.pulsegate.api;

/// An event that was turned away at the door and is kept as a dead letter.
///
/// @param eventId as its sender names it, or made here
/// @param eventType as its sender names it; empty where there is none
/// @param payload any JSON value, as it was sent; shared
/// @param refusal why
public record Discarded(String eventId, String eventType, Bytes payload, Refusal refusal) {}
