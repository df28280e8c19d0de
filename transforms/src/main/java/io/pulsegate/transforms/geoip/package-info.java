/// Adds where an IP address is.
@NullMarked
package io.pulsegate.transforms.geoip;

import org.jspecify.annotations.NullMarked;
