/// What sinks keep on this machine: small synced files.
@NullMarked
package io.pulsegate.sinks.local;

import org.jspecify.annotations.NullMarked;
