/// Delivers into PostgreSQL or TimescaleDB.
@NullMarked
package io.pulsegate.sinks.postgres;

import org.jspecify.annotations.NullMarked;
