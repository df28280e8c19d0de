/// The load generator: event shapes, requests patched in place, a small non-blocking HTTP client.
@NullMarked
package io.pulsegate.bench.load;

import org.jspecify.annotations.NullMarked;
