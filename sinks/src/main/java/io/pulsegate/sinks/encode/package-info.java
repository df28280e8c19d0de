/// Events as the sinks that speak JSON send them.
@NullMarked
package io.pulsegate.sinks.encode;

import org.jspecify.annotations.NullMarked;
