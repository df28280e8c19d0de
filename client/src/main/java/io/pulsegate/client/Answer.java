package io.pulsegate.client;

import java.util.Optional;

/// An HTTP reply.
///
/// @param retryAfter the header, as sent
/// @param date the header, as sent
record Answer(int status, Optional<String> retryAfter, Optional<String> date, String body) {
  Answer(int status, String body) {
    this(status, Optional.empty(), Optional.empty(), body);
  }
}
