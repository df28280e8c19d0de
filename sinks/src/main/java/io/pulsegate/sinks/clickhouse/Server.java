package io.pulsegate.sinks.clickhouse;

import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Unavailable;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// ClickHouse's HTTP interface.
final class Server implements AutoCloseable {
  private final ClickHouseConfig config;
  private final HttpClient client;

  Server(ClickHouseConfig config) {
    this.config = config;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(config.connectTimeout())
            .build();
  }

  /// Runs a statement that reads or defines.
  Answer run(String sql) throws InterruptedException {
    return post(Map.of("wait_end_of_query", "1"), sql.getBytes(StandardCharsets.UTF_8));
  }

  /// Runs an insert, whose rows are the body.
  ///
  /// @param settings of the query
  Answer insert(String sql, Map<String, String> settings, byte[] rows) throws InterruptedException {
    var all = new java.util.TreeMap<>(settings);
    all.put("query", sql);
    all.put("wait_end_of_query", "1");
    return post(all, rows);
  }

  private Answer post(Map<String, String> parameters, byte[] body) throws InterruptedException {
    String query =
        parameters.entrySet().stream()
            .map(each ->
                each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    String path = config.url().getRawPath().isEmpty() ? "/" : "";
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(config.url() + path + "?" + query))
            .timeout(config.requestTimeout())
            .header("X-ClickHouse-User", config.user())
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    config.password().ifPresent(password -> request.header("X-ClickHouse-Key", password));
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      return Answer.of(
          response.statusCode(),
          response.headers().firstValue("X-ClickHouse-Exception-Code"),
          response.body());
    } catch (IOException e) {
      return new Answer.Later(
          new Unavailable(
              Cause.OUTAGE,
              "ClickHouse cannot be reached at %s: %s".formatted(address(), cause(e)),
              Optional.empty()));
    }
  }

  private String address() {
    int port = config.url().getPort();
    return config.url().getHost() + (port < 0 ? "" : ":" + port);
  }

  private static String cause(IOException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return switch (root) {
      case UnresolvedAddressException _ -> "unknown host";
      case HttpTimeoutException _ -> "no answer in time";
      case ClosedChannelException _ -> "connection refused or closed";
      default -> String.valueOf(root.getMessage()).toLowerCase(Locale.ROOT);
    };
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
