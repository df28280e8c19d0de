/// Where an event is: in the log, at each sink, among the dead letters.
@NullMarked
package io.pulsegate.server.where;

import org.jspecify.annotations.NullMarked;
