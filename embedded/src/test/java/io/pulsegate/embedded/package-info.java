@NullMarked
package io.pulsegate.embedded;

import org.jspecify.annotations.NullMarked;
