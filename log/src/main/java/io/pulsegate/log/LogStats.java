package io.pulsegate.log;

/// Counts for metrics. Those of damage and commits run since the log was opened.
///
/// @param pendingBytes appended and not yet completed
/// @param segments segment files
/// @param diskBytes size of the segment files
/// @param parkedBytes those of them that hold only what stragglers need
/// @param damagedFrames frames found unreadable and passed over, as far as they could be counted
/// @param damagedBytes bytes passed over with them; they stay where they are
/// @param tornBytes bytes after the last whole frame, found by recovery at open: never acknowledged
/// @param commitBytes written by these commits
public record LogStats(
    long pendingBytes,
    int segments,
    long diskBytes,
    long parkedBytes,
    long damagedFrames,
    long damagedBytes,
    long tornBytes,
    long commits,
    long commitBytes) {}
