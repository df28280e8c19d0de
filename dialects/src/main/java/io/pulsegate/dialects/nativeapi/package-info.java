/// The native API: `POST /v1/events` with an event, an array, `{"events":[…]}` or NDJSON.
@NullMarked
package io.pulsegate.dialects.nativeapi;

import org.jspecify.annotations.NullMarked;
