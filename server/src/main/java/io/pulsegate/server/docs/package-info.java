/// The description of the API and its viewers, from the jar: nothing is fetched from elsewhere.
@NullMarked
package io.pulsegate.server.docs;

import org.jspecify.annotations.NullMarked;
