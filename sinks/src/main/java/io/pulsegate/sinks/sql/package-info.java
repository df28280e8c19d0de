/// What the SQL sinks share: names, columns, the cursor table, and the thread that talks to the
/// database.
@NullMarked
package io.pulsegate.sinks.sql;

import org.jspecify.annotations.NullMarked;
