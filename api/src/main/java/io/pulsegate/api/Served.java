package io.pulsegate.api;

import java.time.Duration;
import java.time.Instant;

/// What a reply may tell of the request beside its outcome.
///
/// @param tenant whose request it was
/// @param now when the reply is made
/// @param elapsed since the request's head was read
public record Served(Tenant tenant, Instant now, Duration elapsed) {}
