@NullMarked
package io.pulsegate.server;

import org.jspecify.annotations.NullMarked;
