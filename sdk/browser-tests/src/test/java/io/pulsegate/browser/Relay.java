package io.pulsegate.browser;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The road between browser and server, which can swallow what goes either way.
final class Relay implements AutoCloseable {
  private static final int BUFFER_BYTES = 8192;

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong swallowed = new AtomicLong();
  private volatile boolean swallowsRequests;
  private volatile boolean swallowsReplies;

  /// @param target port of the server
  Relay(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread _ = Thread.startVirtualThread(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /// From now on nothing reaches the server; the browser waits for replies that do not come.
  void swallowRequests() {
    swallowsRequests = true;
  }

  /// From now on requests reach the server, and its replies are lost.
  void swallowReplies() {
    swallowsReplies = true;
  }

  /// Bytes that did not arrive.
  long swallowed() {
    return swallowed.get();
  }

  /// Breaks all connections, and lets everything through from now on.
  void heal() throws IOException {
    swallowsRequests = false;
    swallowsReplies = false;
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  private void accept() {
    try {
      while (true) {
        Socket browser = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(browser);
        sockets.add(server);
        Thread _ = Thread.startVirtualThread(() -> pump(browser, server, true));
        Thread _ = Thread.startVirtualThread(() -> pump(server, browser, false));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void pump(Socket from, Socket to, boolean requests) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (requests ? swallowsRequests : swallowsReplies) {
          swallowed.addAndGet(read);
        } else {
          to.getOutputStream().write(buffer, 0, read);
        }
      }
    } catch (IOException broken) {
      // One side has gone, and the other goes with it.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    heal();
  }
}
