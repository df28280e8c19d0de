/// Delivers into ClickHouse over HTTP, exactly once where the server knows deduplication tokens.
@NullMarked
package io.pulsegate.sinks.clickhouse;

import org.jspecify.annotations.NullMarked;
