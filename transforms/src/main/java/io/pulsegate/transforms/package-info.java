/// What the transforms share: fields by path, and the shape of settings.
@NullMarked
package io.pulsegate.transforms;

import org.jspecify.annotations.NullMarked;
