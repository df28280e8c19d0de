/// The admin listener: loopback, by token, for the operator and the command line.
@NullMarked
package io.pulsegate.server.admin;

import org.jspecify.annotations.NullMarked;
