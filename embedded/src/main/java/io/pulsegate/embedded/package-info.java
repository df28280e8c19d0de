/// PulseGate inside a Java program: intake, log and sinks, without a server.
@NullMarked
package io.pulsegate.embedded;

import org.jspecify.annotations.NullMarked;
