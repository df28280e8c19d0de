/// The back end of `System.Logger`: one line per record, as JSON or as text.
@NullMarked
package io.pulsegate.server.logs;

import org.jspecify.annotations.NullMarked;
