/// Checks a record of acknowledged ids against what a sink and the dead letters hold.
@NullMarked
package io.pulsegate.bench.verify;

import org.jspecify.annotations.NullMarked;
