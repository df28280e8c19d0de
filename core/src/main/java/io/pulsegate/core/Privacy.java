package io.pulsegate.core;

/// How much of what points at a person may be stored for a tenant. Transforms act by it.
public enum Privacy {
  /// Events are stored as they were sent, unless a transform of the route says otherwise.
  STANDARD,
  /// IP addresses only as keyed hashes.
  GDPR,
  /// That, and personal data taken out.
  HIPAA
}
