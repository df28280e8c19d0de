package io.pulsegate.bench.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// A port that leads to another one over a long and narrow line: what goes to the target has so
/// many bytes a second, and everything arrives a while after it was sent. Any thread.
final class SlowLink implements AutoCloseable {
  private static final int PIECE_BYTES = 8 * 1024;
  private static final int RECEIVE_BUFFER_BYTES = 64 * 1024;

  private final ServerSocket server = new ServerSocket();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final int targetPort;
  private final double nanosPerByte;
  private final long delayNanos;

  /// @param delay of each direction
  SlowLink(int targetPort, long bytesPerSecond, Duration delay) throws IOException {
    this.targetPort = targetPort;
    this.nanosPerByte = 1e9 / bytesPerSecond;
    this.delayNanos = delay.toNanos();
    // What the kernel takes ahead of the line counts as sent; so little of it that it does not
    // matter.
    server.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        connect(server.accept());
      } catch (IOException ended) {
        // The link was closed, or its target is away: the client sees the same.
      }
    }
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
    client.setTcpNoDelay(true);
    target.setTcpNoDelay(true);
    new Pipe(client, target, nanosPerByte).start();
    new Pipe(target, client, 0).start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    sockets.forEach(SlowLink::close);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One direction of a connection: one thread takes what comes, at the line's pace, another hands
  /// it on when it has arrived.
  private final class Pipe {
    private record Piece(ByteBuffer bytes, long arrivalNanos) {}

    private final Socket from;
    private final Socket to;
    private final double paceNanosPerByte;
    private final Queue<Piece> line = new ArrayDeque<>();
    private boolean ended;

    Pipe(Socket from, Socket to, double paceNanosPerByte) {
      this.from = from;
      this.to = to;
      this.paceNanosPerByte = paceNanosPerByte;
    }

    void start() {
      Thread.ofVirtual().start(this::takeIn);
      Thread.ofVirtual().start(this::handOn);
    }

    private void takeIn() {
      byte[] buffer = new byte[PIECE_BYTES];
      long free = System.nanoTime();
      try (var in = from.getInputStream()) {
        for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
          free = Math.max(free, System.nanoTime()) + (long) (n * paceNanosPerByte);
          waitUntil(free);
          add(new Piece(ByteBuffer.wrap(Arrays.copyOf(buffer, n)), free + delayNanos));
        }
      } catch (IOException ended) {
        // One side is gone; so goes the other.
      } finally {
        end();
      }
    }

    private void handOn() {
      try (var out = to.getOutputStream()) {
        for (var piece = next(); piece.bytes().hasRemaining(); piece = next()) {
          waitUntil(piece.arrivalNanos());
          out.write(piece.bytes().array());
        }
      } catch (IOException gone) {
        // As above.
      } finally {
        SlowLink.close(from);
        SlowLink.close(to);
        sockets.remove(from);
        sockets.remove(to);
      }
    }

    private synchronized void add(Piece piece) {
      line.add(piece);
      notifyAll();
    }

    private synchronized void end() {
      ended = true;
      notifyAll();
    }

    /// The next piece; an empty one when there will be no more.
    private synchronized Piece next() {
      try {
        while (line.isEmpty() && !ended) {
          wait();
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException("nobody interrupts a link", e);
      }
      return line.isEmpty() ? new Piece(ByteBuffer.allocate(0), 0) : line.remove();
    }

    private static void waitUntil(long nanos) {
      for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }
  }
}
