/// Benchmarks: each starts a real server, drives it and prints what it measured, whatever it is.
@NullMarked
package io.pulsegate.bench.scenario;

import org.jspecify.annotations.NullMarked;
