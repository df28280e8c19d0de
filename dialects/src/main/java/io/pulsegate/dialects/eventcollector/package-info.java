/// Event Collector Service S2-14: `POST /api/v1/collect` with an array or a batch of learning
/// events.
@NullMarked
package io.pulsegate.dialects.eventcollector;

import org.jspecify.annotations.NullMarked;
