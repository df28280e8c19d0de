package io.pulsegate.ingress.http;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.RequestHead;
import java.util.concurrent.CompletionStage;

/// A request for a page.
///
/// @param body as sent; empty where there is none
/// @param gone completed, on an event loop, when the client has closed its side of the connection:
///   it most likely waits no more. Never with a failure.
public record PageRequest(RequestHead head, Bytes body, CompletionStage<Void> gone) {}
