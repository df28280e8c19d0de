/// Runs tenants' transforms over a stretch of the log, on its way to a sink.
@NullMarked
package io.pulsegate.core.transform;

import org.jspecify.annotations.NullMarked;
