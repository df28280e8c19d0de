/// A real S3 server and a real ClickHouse engine for tests and benchmarks.
@NullMarked
package io.pulsegate.testkit.stores;

import org.jspecify.annotations.NullMarked;
