package io.pulsegate.log;

import org.jspecify.annotations.Nullable;

/// How far the log is durable, as one value: readers see nothing beyond it.
///
/// @param segment the log's last segment; null while there is none
/// @param position where its durable frames end
/// @param endOffset the offset after the last durable entry
record Tail(
    @Nullable Segment segment, long position, long endOffset, long lastMicros, Totals totals) {}
