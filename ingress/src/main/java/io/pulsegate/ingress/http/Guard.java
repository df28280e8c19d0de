package io.pulsegate.ingress.http;

import io.pulsegate.api.Credentials;
import io.pulsegate.api.RequestHead;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// Decides who may see pages, before their body is read. Called on an event loop: must be quick.
@FunctionalInterface
public interface Guard {
  boolean allows(RequestHead head);

  /// Lets everybody in.
  static Guard open() {
    return head -> true;
  }

  /// Lets in who brings the token as `Authorization: Bearer` or `X-API-Key`; compared in constant
  /// time.
  static Guard token(String token) {
    byte[] expected = token.getBytes(StandardCharsets.UTF_8);
    return head ->
        Credentials.of(head)
            .filter(key -> MessageDigest.isEqual(expected, key.getBytes(StandardCharsets.UTF_8)))
            .isPresent();
  }
}
