@NullMarked
package io.pulsegate.testkit;

import org.jspecify.annotations.NullMarked;
