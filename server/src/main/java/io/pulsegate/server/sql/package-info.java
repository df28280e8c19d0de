/// `pulsegate sql`: a query and its answer on a terminal.
@NullMarked
package io.pulsegate.server.sql;

import org.jspecify.annotations.NullMarked;
