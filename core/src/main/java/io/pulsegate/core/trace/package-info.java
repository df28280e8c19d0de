/// Finding single events in the log again.
@NullMarked
package io.pulsegate.core.trace;

import org.jspecify.annotations.NullMarked;
