/// Measurements of single calls. Public as far as JMH's generated code needs it.
@NullMarked
package io.pulsegate.bench.jmh;

import org.jspecify.annotations.NullMarked;
