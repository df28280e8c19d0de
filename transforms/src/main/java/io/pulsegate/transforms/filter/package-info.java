/// Keeps or drops events.
@NullMarked
package io.pulsegate.transforms.filter;

import org.jspecify.annotations.NullMarked;
