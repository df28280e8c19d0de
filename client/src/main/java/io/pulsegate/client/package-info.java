/// The Java client: hands events to PulseGate without ever being in the way of the application.
@NullMarked
package io.pulsegate.client;

import org.jspecify.annotations.NullMarked;
