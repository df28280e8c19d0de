@NullMarked
package io.pulsegate.sinks;

import org.jspecify.annotations.NullMarked;
