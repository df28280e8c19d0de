@NullMarked
package io.pulsegate.core;

import org.jspecify.annotations.NullMarked;
