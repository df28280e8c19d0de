/// `pulsegate.yaml`, flags and environment: read, checked as a whole, frozen.
@NullMarked
package io.pulsegate.server.config;

import org.jspecify.annotations.NullMarked;
