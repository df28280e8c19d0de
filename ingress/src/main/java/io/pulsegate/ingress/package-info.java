@NullMarked
package io.pulsegate.ingress;

import org.jspecify.annotations.NullMarked;
