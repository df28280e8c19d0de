@NullMarked
package io.pulsegate.log;

import org.jspecify.annotations.NullMarked;
