package io.pulsegate.server.door;

import io.pulsegate.server.config.DialectsConfig.Domain;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/// Who knows domains.
interface DomainService {
  /// A host name of at most 253 characters, with or without a port: nothing else is ever put into a
  /// request to the service.
  Pattern DOMAIN = Pattern.compile("[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?(?::\\d{1,5})?");

  /// Whether a text may be asked for.
  static boolean isDomain(String text) {
    return DOMAIN.matcher(text).matches() && !text.contains("..");
  }

  /// Asks for a domain; never fails, and answers within a time of its own.
  CompletableFuture<Answer> ask(String domain);

  /// What came back.
  sealed interface Answer {
    /// The domain is a client's.
    record Authorised(Domain domain) implements Answer {}

    /// It is nobody's.
    record Refused(String reason) implements Answer {}

    /// The service did not answer, or not in a way that can be understood.
    record Failed(String reason) implements Answer {}
  }
}
