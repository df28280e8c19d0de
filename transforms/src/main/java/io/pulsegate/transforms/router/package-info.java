/// Gives events another type or partition key.
@NullMarked
package io.pulsegate.transforms.router;

import org.jspecify.annotations.NullMarked;
