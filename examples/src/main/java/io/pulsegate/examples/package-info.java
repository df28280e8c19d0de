/// Small programs to begin with.
@NullMarked
package io.pulsegate.examples;

import org.jspecify.annotations.NullMarked;
