/// Records the requests of a Jakarta Servlet container.
@NullMarked
package io.pulsegate.client.servlet;

import org.jspecify.annotations.NullMarked;
