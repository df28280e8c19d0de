/// Records the requests of a Spring Boot application.
@NullMarked
package io.pulsegate.client.spring;

import org.jspecify.annotations.NullMarked;
