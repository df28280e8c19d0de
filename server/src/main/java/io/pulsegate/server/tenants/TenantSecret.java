package io.pulsegate.server.tenants;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.LaneKey;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A tenant's secret for hashes that must not be guessed: HMAC-SHA256 of its lane key with the
/// installation's secret. A tenant that is created again has another one.
final class TenantSecret {
  private static final String ALGORITHM = "HmacSHA256";

  private TenantSecret() {}

  static Bytes of(Bytes installation, LaneKey lane) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(
          new SecretKeySpec(
              installation.array(),
              installation.from(),
              installation.to() - installation.from(),
              ALGORITHM));
      return Bytes.of(mac.doFinal(("transform:" + lane).getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
