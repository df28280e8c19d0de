package io.pulsegate.testkit;

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
import java.util.function.IntUnaryOperator;

/// A port that leads to another one, and can be cut or stalled. Any thread.
public final class TcpLink implements AutoCloseable {
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
  private long bytesLeft = Long.MAX_VALUE;

  /// Opens it on a port.
  ///
  /// @param targetPort on loopback
  public TcpLink(int port, int targetPort) {
    this.targetPort = targetPort;
    this.server = listen(port);
    this.port = server.getLocalPort();
    accept(server);
  }

  /// Opens it on a free port.
  ///
  /// @param targetPort on loopback
  public static TcpLink to(int targetPort) {
    return new TcpLink(0, targetPort);
  }

  /// The port it listens on, also after it was cut.
  public int port() {
    return port;
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
  public synchronized void cut() {
    if (state == State.CUT) {
      return;
    }
    state = State.CUT;
    notifyAll();
    end();
  }

  /// Cuts the link when that many bytes more have been taken for the target: what is beyond them
  /// does not get there.
  public synchronized void cutAfter(long bytes) {
    bytesLeft = bytes;
  }

  /// Connections are taken and stay, and nothing gets through.
  public synchronized void stall() {
    state = State.STALLED;
  }

  /// As it was at first.
  public synchronized void mend() {
    bytesLeft = Long.MAX_VALUE;
    if (state == State.CUT) {
      server = listen(port);
      accept(server);
    }
    state = State.OPEN;
    notifyAll();
  }

  @Override
  public synchronized void close() {
    cut();
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
    pump(client, target, this::count);
    pump(target, client, all -> all);
  }

  /// How many of so many bytes may pass.
  private synchronized int count(int bytes) {
    int passing = (int) Math.min(bytes, bytesLeft);
    bytesLeft -= bytesLeft == Long.MAX_VALUE ? 0 : passing;
    return passing;
  }

  private void pump(Socket from, Socket to, IntUnaryOperator passing) {
    Thread.ofVirtual()
        .start(() -> {
          try (InputStream in = from.getInputStream();
              OutputStream out = to.getOutputStream()) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int n = in.read(buffer); n > 0 && isOpen(); n = in.read(buffer)) {
              int passed = passing.applyAsInt(n);
              out.write(buffer, 0, passed);
              if (passed < n) {
                cut();
              }
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
