/// `user_agent_parser`.
@NullMarked
package io.pulsegate.transforms.useragent;

import org.jspecify.annotations.NullMarked;
