/// Delivers into a DuckDB file, and answers queries on it.
@NullMarked
package io.pulsegate.sinks.duckdb;

import org.jspecify.annotations.NullMarked;
