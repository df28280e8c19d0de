package io.pulsegate.testkit.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/// The ports of one node.
///
/// @param controller for the other nodes
/// @param direct for clients
/// @param linked for the link, which clients reach at `link`
/// @param sasl for clients with a name and a password
/// @param tls for clients with a name and a password, over TLS
record Ports(int controller, int direct, int linked, int link, int sasl, int tls) {
  private static final int PER_NODE = 6;

  /// Ports that nobody uses now.
  static List<Ports> free(int nodes) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < nodes * PER_NODE; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      List<Ports> ports = new ArrayList<>();
      for (int i = 0; i < sockets.size(); i += PER_NODE) {
        ports.add(
            new Ports(
                sockets.get(i).getLocalPort(),
                sockets.get(i + 1).getLocalPort(),
                sockets.get(i + 2).getLocalPort(),
                sockets.get(i + 3).getLocalPort(),
                sockets.get(i + 4).getLocalPort(),
                sockets.get(i + 5).getLocalPort()));
      }
      return ports;
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
