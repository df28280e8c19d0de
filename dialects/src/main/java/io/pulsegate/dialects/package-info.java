@NullMarked
package io.pulsegate.dialects;

import org.jspecify.annotations.NullMarked;
