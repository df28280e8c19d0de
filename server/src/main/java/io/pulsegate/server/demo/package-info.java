/// The page of `serve --demo`: a small shop that uses the browser SDK, with what the database holds
/// of it beside it.
@NullMarked
package io.pulsegate.server.demo;

import org.jspecify.annotations.NullMarked;
