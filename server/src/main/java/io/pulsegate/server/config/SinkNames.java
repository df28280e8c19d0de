package io.pulsegate.server.config;

/// Names of sinks that mean more than a name.
public final class SinkNames {
  /// The raw export of the Collection API's pipeline: of the type s3.
  public static final String RAW_EXPORT = "raw_export";

  /// Its processed export.
  public static final String PROCESSED_EXPORT = "processed_export";

  private SinkNames() {}
}
