package io.pulsegate.core;

import java.time.Instant;

/// A sink that is configured no more.
///
/// @param until when what waits for it is given up
/// @param waiting events that wait for it; -1 where only the sink itself knew its place
public record OrphanStatus(String sink, Instant since, Instant until, long waiting) {}
