@NullMarked
package io.pulsegate.bench;

import org.jspecify.annotations.NullMarked;
