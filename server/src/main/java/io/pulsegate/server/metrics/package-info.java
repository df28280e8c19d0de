/// The metrics that parts count in, and how Prometheus reads them.
@NullMarked
package io.pulsegate.server.metrics;

import org.jspecify.annotations.NullMarked;
