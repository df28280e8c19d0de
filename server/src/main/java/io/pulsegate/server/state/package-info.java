/// The state store: what must survive beside the log, in SQLite.
@NullMarked
package io.pulsegate.server.state;

import org.jspecify.annotations.NullMarked;
