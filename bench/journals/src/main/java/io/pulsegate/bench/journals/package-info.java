/// Journals that others made, for `pulsegate bench log` to compare ours with.
@NullMarked
package io.pulsegate.bench.journals;

import org.jspecify.annotations.NullMarked;
