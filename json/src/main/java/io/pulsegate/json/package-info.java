/// Strict JSON for the front door: a scanner that checks RFC 8259 and UTF-8 and hands out byte
/// ranges, a writer for replies and log lines, and the repair of what SQL sinks cannot hold.
///
/// Uses the JDK alone.
@NullMarked
package io.pulsegate.json;

import org.jspecify.annotations.NullMarked;
