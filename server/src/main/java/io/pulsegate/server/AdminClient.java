package io.pulsegate.server;

import io.pulsegate.api.Bytes;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonScanner;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Asks the admin listener of the server that runs on a data folder.
final class AdminClient {
  private static final int CONNECT_MILLIS = 2_000;

  private final ServerInfo server;

  private AdminClient(ServerInfo server) {
    this.server = server;
  }

  /// The server of the folder, running or not; empty where none ever was, or it was stopped.
  static Optional<AdminClient> of(Path folder) {
    return ServerInfo.read(folder.toAbsolutePath().normalize()).map(AdminClient::new);
  }

  /// What came of it.
  sealed interface Reply {
    /// @param headers in small letters, the first of each name
    record Given(Bytes body, Map<String, String> headers) implements Reply {
      String text() {
        return body.toString();
      }
    }

    /// The server said no; the reason is for a person.
    record Refused(String reason) implements Reply {}

    /// Nobody is there.
    record NoServer() implements Reply {}
  }

  /// @param body empty for none
  Reply ask(String method, String path, byte[] body, Duration timeout) {
    try {
      return send(method, path, body, timeout);
    } catch (ConnectException itHasDied) {
      return new Reply.NoServer();
    } catch (IOException e) {
      return new Reply.Refused(
          "the server (pid %d) did not answer: %s".formatted(server.pid(), e.getMessage()));
    }
  }

  private Reply send(String method, String path, byte[] body, Duration timeout) throws IOException {
    var url = URI.create("http://127.0.0.1:" + server.adminPort() + path).toURL();
    var connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
    connection.setRequestMethod(method);
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout((int) timeout.toMillis());
    connection.setRequestProperty("Authorization", "Bearer " + server.token());
    if (body.length > 0) {
      connection.setRequestProperty("Content-Type", "application/json");
      connection.setDoOutput(true);
      try (var out = connection.getOutputStream()) {
        out.write(body);
      }
    }
    int status = connection.getResponseCode();
    if (status / 100 == 2) {
      var headers = new HashMap<String, String>();
      connection
          .getHeaderFields()
          .forEach((name, values) -> {
            // The status line has no name.
            if (name != null) {
              headers.put(name.toLowerCase(Locale.ROOT), values.getFirst());
            }
          });
      try (InputStream in = connection.getInputStream()) {
        return new Reply.Given(Bytes.of(in.readAllBytes()), headers);
      }
    }
    try (InputStream in = connection.getErrorStream()) {
      return new Reply.Refused(message(in == null ? new byte[0] : in.readAllBytes()));
    }
  }

  /// The message in `{"error":{"message":…}}`.
  private static String message(byte[] body) {
    try {
      var scanner = new JsonScanner();
      scanner.reset(body, 0, body.length);
      scanner.enterObject();
      while (scanner.nextField()) {
        if (scanner.fieldName().equals("error") && scanner.peek() == JsonKind.OBJECT) {
          scanner.enterObject();
          while (scanner.nextField()) {
            if (scanner.fieldName().equals("message") && scanner.skipValue() == JsonKind.STRING) {
              return scanner.text();
            }
          }
        }
      }
    } catch (JsonException | IllegalStateException notOurs) {
      // Shown as it came.
    }
    return "the server answered: " + new String(body, StandardCharsets.UTF_8);
  }
}
