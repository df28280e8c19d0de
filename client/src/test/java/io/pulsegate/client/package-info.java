@NullMarked
package io.pulsegate.client;

import org.jspecify.annotations.NullMarked;
