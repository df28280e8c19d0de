/// Renames, casts, fills in and drops fields.
@NullMarked
package io.pulsegate.transforms.normalize;

import org.jspecify.annotations.NullMarked;
