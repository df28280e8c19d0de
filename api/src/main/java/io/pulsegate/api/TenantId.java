package io.pulsegate.api;

import java.util.regex.Pattern;

/// The name of a tenant: 1 to 64 letters, digits, `_`, `-` or `.`, beginning with a letter or
/// digit.
///
/// It stands in metric labels, object keys and SQL rows, so nothing else is let in.
public record TenantId(String value) implements Comparable<TenantId> {
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

  public TenantId {
    if (!ALLOWED.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a tenant id is 1 to 64 letters, digits, '_', '-' or '.', beginning with a letter or digit; was \""
              + value
              + "\"");
    }
  }

  @Override
  public int compareTo(TenantId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
