/// Delivers over HTTP to somebody else's endpoint, signed as Standard Webhooks says, and never to
/// an address inside our own network unless told to.
@NullMarked
package io.pulsegate.sinks.webhook;

import org.jspecify.annotations.NullMarked;
