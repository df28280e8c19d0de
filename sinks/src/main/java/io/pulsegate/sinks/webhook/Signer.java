package io.pulsegate.sinks.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Signs messages as Standard Webhooks 1.0 says: HMAC-SHA256 over `id.timestamp.body`, in base64,
/// once per secret, so that a secret can be changed while both are taken. Any thread.
final class Signer {
  private static final String PREFIX = "whsec_";
  private static final int KEY_BYTES_MIN = 24;
  private static final int KEY_BYTES_MAX = 64;

  private final List<SecretKeySpec> keys;

  private Signer(List<SecretKeySpec> keys) {
    this.keys = List.copyOf(keys);
  }

  /// @param secrets one or more `whsec_…`, separated by blanks
  /// @throws IllegalArgumentException saying how a secret is written, without showing it
  static Signer of(String secrets) {
    List<SecretKeySpec> keys = new ArrayList<>();
    for (String secret : secrets.strip().split("\\s+", -1)) {
      keys.add(new SecretKeySpec(decode(secret), "HmacSHA256"));
    }
    return new Signer(keys);
  }

  private static byte[] decode(String secret) {
    byte[] key = new byte[0];
    if (secret.startsWith(PREFIX)) {
      try {
        key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
      } catch (IllegalArgumentException notBase64) {
        // Same answer as for a key that is too short.
      }
    }
    if (key.length < KEY_BYTES_MIN || key.length > KEY_BYTES_MAX) {
      throw new IllegalArgumentException(
          "secret is whsec_ and 24 to 64 bytes in base64, such as: echo whsec_$(openssl rand -base64 32)");
    }
    return key;
  }

  /// The header `webhook-signature`.
  String sign(String id, long timestampSeconds, byte[] body) {
    byte[] head = (id + "." + timestampSeconds + ".").getBytes(StandardCharsets.UTF_8);
    return keys.stream()
        .map(key -> "v1," + Base64.getEncoder().encodeToString(mac(key, head, body)))
        .collect(Collectors.joining(" "));
  }

  private static byte[] mac(SecretKeySpec key, byte[] head, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      mac.update(head);
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
