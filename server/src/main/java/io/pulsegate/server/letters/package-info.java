/// What people do with dead letters: have them delivered again, let go of the old ones.
@NullMarked
package io.pulsegate.server.letters;

import org.jspecify.annotations.NullMarked;
