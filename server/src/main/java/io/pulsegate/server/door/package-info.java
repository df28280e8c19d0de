/// Who is who at the door: bindings of dialects, sites, domains, privacy, and what is kept of what
/// is turned away.
@NullMarked
package io.pulsegate.server.door;

import org.jspecify.annotations.NullMarked;
