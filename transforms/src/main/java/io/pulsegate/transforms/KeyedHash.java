package io.pulsegate.transforms;

import io.pulsegate.api.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Hashes that only the owner of a tenant's secret can recompute: HMAC-SHA256, cut to 128 bits. The
/// same value has the same hash in all transforms of a tenant. For one thread at a time.
public final class KeyedHash {
  private static final int KEPT_BYTES = 16;

  private final Mac mac;

  public KeyedHash(Bytes secret) {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.array(), secret.from(), secret.length(), "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  /// `h_` and 32 hexadecimal digits.
  public String of(String text) {
    byte[] whole = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    return "h_" + HexFormat.of().formatHex(whole, 0, KEPT_BYTES);
  }
}
