/// The pipeline of the Collection API: what its raw and processed exports have done, on pages and
/// in the log.
@NullMarked
package io.pulsegate.server.export;

import org.jspecify.annotations.NullMarked;
