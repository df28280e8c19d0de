package io.pulsegate.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One connection with at most one request under way. It connects when it has something to send.
/// For one thread.
final class Connection {
  private final InetSocketAddress address;
  private final RequestEncoder encoder;
  private final ReplyParser parser;
  private @Nullable SelectionKey key;
  private ByteBuffer unsent = ByteBuffer.allocate(0);

  /// The first event of the request under way.
  long firstSequence;

  /// When the request under way was meant to leave.
  long intendedNanos;

  /// When the present try left.
  long sentNanos;

  /// Whether there is a request without its final answer.
  boolean isBusy;

  /// Whether a try is under way, so that a reply is expected.
  boolean isWaiting;

  /// When a pause ends.
  long wakeNanos;

  /// Failures since the last reply.
  int failures;

  Connection(InetSocketAddress address, RequestEncoder encoder) {
    this.address = address;
    this.encoder = encoder;
    this.parser = new ReplyParser(encoder.wire());
  }

  /// Begins a request.
  void begin(long sequence, long intended, byte[] time) {
    firstSequence = sequence;
    intendedNanos = intended;
    isBusy = true;
    unsent = encoder.encode(sequence, time);
  }

  /// Sends the request, or what of it the socket takes; the rest goes when the selector says so.
  void send(Selector selector, long nowNanos) throws IOException {
    sentNanos = nowNanos;
    isWaiting = true;
    unsent = encoder.again();
    var connected = key;
    if (connected == null) {
      connect(selector);
    } else {
      write(connected);
    }
  }

  private void connect(Selector selector) throws IOException {
    parser.clear();
    var channel = SocketChannel.open();
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      boolean isConnected = channel.connect(address);
      var fresh =
          channel.register(
              selector, isConnected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
      key = fresh;
      if (isConnected) {
        write(fresh);
      }
    } catch (IOException | RuntimeException e) {
      channel.close();
      key = null;
      throw e;
    }
  }

  /// Goes on after the selector found the key ready.
  ///
  /// @param buffer scratch space for what is read
  /// @return the reply, if it is whole
  Optional<ServerReply> ready(SelectionKey ready, ByteBuffer buffer)
      throws IOException, ReplyParser.BadReply {
    var channel = (SocketChannel) ready.channel();
    if (ready.isConnectable()) {
      channel.finishConnect();
      write(ready);
      return Optional.empty();
    }
    if (ready.isWritable()) {
      write(ready);
    }
    if (!ready.isReadable()) {
      return Optional.empty();
    }
    buffer.clear();
    if (channel.read(buffer) < 0) {
      throw new IOException("closed by the server");
    }
    parser.add(buffer.flip());
    return parser.next();
  }

  private void write(SelectionKey connected) throws IOException {
    ((SocketChannel) connected.channel()).write(unsent);
    int interest =
        unsent.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
    if (connected.interestOps() != interest) {
      connected.interestOps(interest);
    }
  }

  /// Ends the connection; the next request makes a new one.
  void disconnect() {
    isWaiting = false;
    var connected = key;
    key = null;
    if (connected == null) {
      return;
    }
    try {
      connected.channel().close();
    } catch (IOException e) {
      // It is given up either way, and what it carried is counted by the caller.
      connected.cancel();
    }
  }

  /// Ends it for good.
  void close() {
    disconnect();
    encoder.close();
  }
}
