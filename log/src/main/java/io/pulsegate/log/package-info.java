/// A durable log of byte frames: appended in groups, synced before they are acknowledged, read by
/// any number of readers from any offset. It knows no event and uses nothing of ours.
///
/// Begin with `SegmentedLog`; `Format` draws the files; `Disk` is the seam to the machine.
@NullMarked
package io.pulsegate.log;

import org.jspecify.annotations.NullMarked;
