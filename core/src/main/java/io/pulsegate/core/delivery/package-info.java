/// The way out: a head per sink, stragglers, retry, and the cursor that moves only behind them.
@NullMarked
package io.pulsegate.core.delivery;

import org.jspecify.annotations.NullMarked;
