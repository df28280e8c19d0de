/// The browser SDK in a real Chromium against a real PulseGate.
@NullMarked
package io.pulsegate.browser;

import org.jspecify.annotations.NullMarked;
