package io.pulsegate.api;

/// Whose place it is: a sink's, in one partition of one log. A log has a new id when its data
/// folder is created or cloned, so that a cursor is never taken for another log's.
public record CursorKey(String logId, String sink, int partition) {}
