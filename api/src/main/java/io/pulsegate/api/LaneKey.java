package io.pulsegate.api;

/// What the log keys a tenant's frames by: the tenant and how often it has been created anew.
///
/// A tenant that is deleted and created again is a new incarnation and never sees the old one's
/// events. The text form is `tenant#incarnation`.
public record LaneKey(TenantId tenant, int incarnation) {
  public LaneKey {
    if (incarnation < 1) {
      throw new IllegalArgumentException("an incarnation counts from 1, was " + incarnation);
    }
  }

  /// Reads the text form.
  public static LaneKey parse(String text) {
    int hash = text.lastIndexOf('#');
    if (hash < 0) {
      throw new IllegalArgumentException("a lane key is tenant#incarnation, was \"" + text + "\"");
    }
    return new LaneKey(
        new TenantId(text.substring(0, hash)), Integer.parseInt(text.substring(hash + 1)));
  }

  @Override
  public String toString() {
    return tenant.value() + "#" + incarnation;
  }
}
