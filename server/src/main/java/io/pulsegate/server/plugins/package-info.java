/// What kinds of sinks and transforms there are: our own, and those of the plugins.
@NullMarked
package io.pulsegate.server.plugins;

import org.jspecify.annotations.NullMarked;
