package io.pulsegate.api;

/// One event of a request that was not taken: its index in the request counted from zero, why, and
/// the particulars for a person. The events beside it are not touched by it.
public record Refusal(int index, Code code, String reason) {}
