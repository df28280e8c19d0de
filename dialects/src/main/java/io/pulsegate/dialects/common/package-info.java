/// What several wire formats share: reading fields, faults of JSON, answers to refusals.
@NullMarked
package io.pulsegate.dialects.common;

import org.jspecify.annotations.NullMarked;
