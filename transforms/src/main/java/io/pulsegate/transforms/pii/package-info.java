/// Takes personal data out of payloads.
@NullMarked
package io.pulsegate.transforms.pii;

import org.jspecify.annotations.NullMarked;
