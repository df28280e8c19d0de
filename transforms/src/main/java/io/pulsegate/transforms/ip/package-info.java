/// Makes IP addresses coarser or unreadable.
@NullMarked
package io.pulsegate.transforms.ip;

import org.jspecify.annotations.NullMarked;
