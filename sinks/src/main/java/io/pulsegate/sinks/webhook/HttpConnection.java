package io.pulsegate.sinks.webhook;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// One connection to an endpoint, at an address that was checked. One thread at a time, but for
/// [#close].
final class HttpConnection implements Closeable {
  private final Socket raw;
  private final InputStream in;
  private final OutputStream out;
  private long idleSinceNanos;

  private HttpConnection(Socket raw, Socket speaking) throws IOException {
    this.raw = raw;
    this.in = new BufferedInputStream(speaking.getInputStream());
    this.out = speaking.getOutputStream();
  }

  /// Connects to exactly this address, whatever the name may stand for by now; with TLS the
  /// certificate must be the name's.
  static HttpConnection open(
      InetAddress address,
      HttpTarget target,
      SSLSocketFactory tls,
      Duration timeout,
      Watchdog watchdog)
      throws IOException {
    // No proxy, whatever the system's properties say: it would connect for us, unguarded.
    var raw = new Socket(Proxy.NO_PROXY);
    try {
      raw.setTcpNoDelay(true);
      raw.connect(new InetSocketAddress(address, target.port()), (int) timeout.toMillis());
      Socket speaking = raw;
      if (target.secure()) {
        speaking =
            watchdog.within("no TLS handshake", timeout, raw, () -> handshake(raw, target, tls));
      }
      return new HttpConnection(raw, speaking);
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }
  }

  private static Socket handshake(Socket raw, HttpTarget target, SSLSocketFactory tls)
      throws IOException {
    var socket = (SSLSocket) tls.createSocket(raw, target.host(), target.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  InputStream in() {
    return in;
  }

  OutputStream out() {
    return out;
  }

  /// Put aside for the next request.
  void idle() {
    idleSinceNanos = System.nanoTime();
  }

  boolean idlesLongerThan(Duration time) {
    return System.nanoTime() - idleSinceNanos > time.toNanos();
  }

  /// Closes the socket below TLS: its own close may wait for a write that hangs.
  @Override
  public void close() throws IOException {
    raw.close();
  }
}
