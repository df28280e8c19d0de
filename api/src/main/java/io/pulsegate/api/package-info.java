/// What every edge and extension of PulseGate sees: canonical events in their encoded form, the
/// ports of intake and delivery, and the declaration of components. Uses nothing of ours.
@NullMarked
package io.pulsegate.api;

import org.jspecify.annotations.NullMarked;
