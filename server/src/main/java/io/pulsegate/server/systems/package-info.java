/// Pages of the systems that PulseGate replaces: their health, their metrics, their looks at recent
/// events, each with fields as their clients read them.
@NullMarked
package io.pulsegate.server.systems;

import org.jspecify.annotations.NullMarked;
