@NullMarked
package io.pulsegate.api;

import org.jspecify.annotations.NullMarked;
