package io.pulsegate.server;

import io.pulsegate.server.config.ServerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Finds out whether the ports can be had before anything is made on disk, and says so in terms of
/// the flag that helps.
final class Ports {
  /// Where the admin listener is.
  static final String LOOPBACK = "127.0.0.1";

  private Ports() {}

  /// Binds both ports for a moment.
  ///
  /// @throws StartException naming the port that cannot be had and its flag
  static void check(ServerConfig config) throws StartException {
    check(config.listener().bind(), config.listener().port(), "--port");
    check(LOOPBACK, config.admin().port(), "--admin-port");
  }

  private static void check(String host, int port, String flag) throws StartException {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port));
    } catch (IOException e) {
      throw cannotListen(host, port, flag, e);
    }
  }

  static StartException cannotListen(String host, int port, String flag, Exception cause) {
    String reason = String.valueOf(cause.getMessage());
    return new StartException(
        reason.contains("already in use")
            ? "port %d is taken: something listens on %s:%d already; choose another with %s"
                .formatted(port, host, port, flag)
            : "cannot listen on %s:%d: %s; choose another port with %s%s"
                .formatted(
                    host,
                    port,
                    reason,
                    flag,
                    flag.equals("--port") ? ", or address with --bind" : ""),
        cause);
  }
}
