/// PulseMetrics: `POST /ingest` with one metric or event.
@NullMarked
package io.pulsegate.dialects.pulsemetrics;

import org.jspecify.annotations.NullMarked;
