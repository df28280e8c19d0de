/// Transforms as their users see them.
@NullMarked
package io.pulsegate.transforms;

import org.jspecify.annotations.NullMarked;
