@NullMarked
package io.pulsegate.json;

import org.jspecify.annotations.NullMarked;
