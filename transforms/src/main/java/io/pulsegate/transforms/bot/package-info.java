/// Finds events that bots sent.
@NullMarked
package io.pulsegate.transforms.bot;

import org.jspecify.annotations.NullMarked;
