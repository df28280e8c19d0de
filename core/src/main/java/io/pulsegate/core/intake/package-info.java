/// The way in: who may, how much, what is a duplicate, and the hand-over to the log.
@NullMarked
package io.pulsegate.core.intake;

import org.jspecify.annotations.NullMarked;
