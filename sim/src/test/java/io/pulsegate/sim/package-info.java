@NullMarked
package io.pulsegate.sim;

import org.jspecify.annotations.NullMarked;
