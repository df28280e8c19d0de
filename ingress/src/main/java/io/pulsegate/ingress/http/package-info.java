/// The HTTP edge: a listener for events, on Vert.x event loops, and one for pages such as health
/// and administration. Knows requests, replies and limits; what is in a body is for dialects.
@NullMarked
package io.pulsegate.ingress.http;

import org.jspecify.annotations.NullMarked;
