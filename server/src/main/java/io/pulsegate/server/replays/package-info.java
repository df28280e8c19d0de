/// Stretches of the log given to sinks again, counted, or run through a candidate pipeline.
@NullMarked
package io.pulsegate.server.replays;

import org.jspecify.annotations.NullMarked;
