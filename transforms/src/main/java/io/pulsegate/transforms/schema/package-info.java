/// `schema_validator`.
@NullMarked
package io.pulsegate.transforms.schema;

import org.jspecify.annotations.NullMarked;
