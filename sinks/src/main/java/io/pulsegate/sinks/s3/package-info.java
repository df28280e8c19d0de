/// Delivers objects to any store that speaks S3, exactly once: each range of events is staged on
/// this machine together with the cursor before it is sent, and sent under a name made from it.
@NullMarked
package io.pulsegate.sinks.s3;

import org.jspecify.annotations.NullMarked;
