package io.pulsegate.testkit.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A port that leads to another one, and can be cut or stalled. Any thread.
final class TcpLink implements AutoCloseable {
  private enum State {
    OPEN,
    STALLED,
    CUT
  }

  private static final int BUFFER_BYTES = 64 * 1024;

  private final int port;
  private final int targetPort;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private ServerSocket server;
  private State state = State.OPEN;

  TcpLink(int port, int targetPort) {
    this.port = port;
    this.targetPort = targetPort;
    this.server = listen(port);
    accept(server);
  }

  private static ServerSocket listen(int port) {
    try {
      var server = new ServerSocket();
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Ends all connections; new ones are refused.
  synchronized void cut() {
    state = State.CUT;
    notifyAll();
    end();
  }

  /// Connections are taken and stay, and nothing gets through.
  synchronized void stall() {
    state = State.STALLED;
  }

  /// As it was at first.
  synchronized void mend() {
    if (state == State.CUT) {
      server = listen(port);
      accept(server);
    }
    state = State.OPEN;
    notifyAll();
  }

  @Override
  public synchronized void close() {
    if (state != State.CUT) {
      cut();
    }
  }

  private void end() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sockets.forEach(TcpLink::close);
    sockets.clear();
  }

  private void accept(ServerSocket on) {
    Thread.ofVirtual()
        .start(() -> {
          while (!on.isClosed()) {
            try {
              connect(on.accept());
            } catch (IOException ended) {
              // The link was cut, or its target is away: the client sees the same.
            }
          }
        });
  }

  @SuppressWarnings("AddressSelection") // loopback
  private void connect(Socket client) throws IOException {
    sockets.add(client);
    Socket target;
    try {
      target = new Socket(InetAddress.getLoopbackAddress(), targetPort);
    } catch (IOException away) {
      close(client);
      throw away;
    }
    sockets.add(target);
    pump(client, target);
    pump(target, client);
  }

  private void pump(Socket from, Socket to) {
    Thread.ofVirtual()
        .start(() -> {
          try (InputStream in = from.getInputStream();
              OutputStream out = to.getOutputStream()) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int n = in.read(buffer); n > 0 && isOpen(); n = in.read(buffer)) {
              out.write(buffer, 0, n);
            }
          } catch (IOException ended) {
            // One side is gone; so goes the other.
          } finally {
            close(from);
            close(to);
            sockets.remove(from);
            sockets.remove(to);
          }
        });
  }

  /// Waits while the link is stalled.
  private synchronized boolean isOpen() {
    try {
      while (state == State.STALLED) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a link", e);
    }
    return state == State.OPEN;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
