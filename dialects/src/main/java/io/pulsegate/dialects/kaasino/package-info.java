/// Kaasino Pulse Collector: `POST /collect` with `{"events":[…]}` for a site.
@NullMarked
package io.pulsegate.dialects.kaasino;

import org.jspecify.annotations.NullMarked;
