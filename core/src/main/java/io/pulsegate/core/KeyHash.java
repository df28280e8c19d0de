package io.pulsegate.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// SHA-256 of an API key, the only form in which keys are held. Compared in constant time.
public record KeyHash(long first, long second, long third, long fourth) {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /// Hashes a key.
  public static KeyHash of(String key) {
    try {
      return of(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// Reads the 64 hexadecimal digits of [#hex].
  public static KeyHash parse(String hex) {
    if (hex.length() != 64) {
      throw new IllegalArgumentException(
          "a key hash has 64 hexadecimal digits, had " + hex.length());
    }
    return of(HexFormat.of().parseHex(hex));
  }

  private static KeyHash of(byte[] digest) {
    return new KeyHash(
        (long) LONG.get(digest, 0),
        (long) LONG.get(digest, 8),
        (long) LONG.get(digest, 16),
        (long) LONG.get(digest, 24));
  }

  /// The hash as hexadecimal digits.
  public String hex() {
    HexFormat digits = HexFormat.of();
    return digits.toHexDigits(first)
        + digits.toHexDigits(second)
        + digits.toHexDigits(third)
        + digits.toHexDigits(fourth);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyHash that
        && ((first ^ that.first)
                | (second ^ that.second)
                | (third ^ that.third)
                | (fourth ^ that.fourth))
            == 0;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(first);
  }

  @Override
  public String toString() {
    return "KeyHash";
  }
}
