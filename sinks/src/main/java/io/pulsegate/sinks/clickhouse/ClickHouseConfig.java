package io.pulsegate.sinks.clickhouse;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import io.pulsegate.sinks.sql.TableName;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Settings of the ClickHouse sink.
///
/// @param url where its HTTP interface is
/// @param createTable whether a missing table is made
/// @param insertInterval least time between two inserts that are not full
/// @param asyncInsert whether the server gathers inserts by itself, and answers once they are
///   stored
record ClickHouseConfig(
    URI url,
    String user,
    Optional<String> password,
    TableName table,
    boolean createTable,
    Duration insertInterval,
    boolean asyncInsert,
    Duration connectTimeout,
    Duration requestTimeout) {
  static final Setting<URI> URL =
      Setting.uri("url", "The server's HTTP interface: http://host:8123 or https://host:8443.");
  static final Setting<String> USER = Setting.string("user", "Who inserts.").orElse("default");
  static final Setting<String> PASSWORD =
      Setting.string("password", "The user's password.").asSecret().asOptional();
  static final Setting<String> TABLE =
      Setting.string("table", "Table the events go into, with its database if need be.")
          .orElse("events");
  static final Setting<Boolean> CREATE_TABLE =
      Setting.bool("create_table", "Whether a missing table is made.").orElse("true");
  static final Setting<Duration> INSERT_INTERVAL =
      Setting.duration(
              "insert_interval",
              "Least time between inserts of less than 10,000 events, as ClickHouse wants few large"
                  + " ones; at most 10s.")
          .orElse("1s");
  static final Setting<Boolean> ASYNC_INSERT =
      Setting.bool(
              "async_insert",
              "Whether the server gathers inserts of several clients. It answers when they are stored,"
                  + " in any case.")
          .orElse("false");
  static final Setting<Duration> CONNECT_TIMEOUT =
      Setting.duration("connect_timeout", "Longest wait for a connection; at most 10s.")
          .orElse("5s");
  static final Setting<Duration> REQUEST_TIMEOUT =
      Setting.duration("request_timeout", "Longest wait for an answer; at most 40s.").orElse("30s");

  static final ComponentSpec<ClickHouseConfig> SPEC =
      new ComponentSpec<>(
          "clickhouse",
          "Delivers into ClickHouse over HTTP, exactly once from version 22.2 on.",
          List.of(
              URL,
              USER,
              PASSWORD,
              TABLE,
              CREATE_TABLE,
              INSERT_INTERVAL,
              ASYNC_INSERT,
              CONNECT_TIMEOUT,
              REQUEST_TIMEOUT),
          settings ->
              new ClickHouseConfig(
                  address(settings.get(URL)),
                  settings.get(USER),
                  settings.find(PASSWORD),
                  TableName.of(settings, TABLE),
                  settings.get(CREATE_TABLE),
                  bounded(settings, INSERT_INTERVAL, Duration.ZERO, Duration.ofSeconds(10)),
                  settings.get(ASYNC_INSERT),
                  bounded(settings, CONNECT_TIMEOUT, Duration.ofMillis(1), Duration.ofSeconds(10)),
                  bounded(
                      settings, REQUEST_TIMEOUT, Duration.ofMillis(1), Duration.ofSeconds(40))));

  private static URI address(URI url) {
    if (url.getHost() == null
        || !url.toString().matches("https?://[^?#]*")
        || url.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "url is an http or https address without query; user and password have settings of their"
              + " own");
    }
    return url;
  }

  private static Duration bounded(
      Settings settings, Setting<Duration> setting, Duration min, Duration max) {
    Duration value = settings.get(setting);
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "%s is %s to %s, was %s".formatted(setting.name(), min, max, value));
    }
    return value;
  }
}
