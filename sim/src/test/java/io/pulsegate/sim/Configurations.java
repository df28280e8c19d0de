package io.pulsegate.sim;

/// Configurations that several tests start a server with.
final class Configurations {
  /// Tenant and key `demo`, DuckDB in the data folder as `local`.
  static final String LOCAL_SINK =
      """
      tenants:
        - id: demo
          keys: [demo]
      sinks:
        local:
          type: duckdb
      """;

  private Configurations() {}

  /// Tenant and key `demo`, DuckDB in the data folder as `local`, PostgreSQL as `warehouse`.
  static String bothSinks(String postgresUrl) {
    return """
    tenants:
      - id: demo
        keys: [demo]
    sinks:
      local:
        type: duckdb
      warehouse:
        type: postgres
        url: %s
    """
        .formatted(postgresUrl);
  }
}
