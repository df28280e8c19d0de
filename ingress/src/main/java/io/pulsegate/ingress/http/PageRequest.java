package io.pulsegate.ingress.http;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.RequestHead;

/// A request for a page.
///
/// @param body as sent; empty where there is none
public record PageRequest(RequestHead head, Bytes body) {}
