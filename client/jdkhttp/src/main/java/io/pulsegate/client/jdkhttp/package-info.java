/// Records the requests of the JDK's HttpServer.
@NullMarked
package io.pulsegate.client.jdkhttp;

import org.jspecify.annotations.NullMarked;
