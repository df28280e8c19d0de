package io.pulsegate.bench.jmh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpServer;
import io.pulsegate.client.PulseClient;
import io.pulsegate.client.PulseStats;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// A client whose queue takes all of an iteration, and a server that takes everything, between
/// iterations only: so that the call is measured, and not how fast events are sent or dropped.
final class Collector implements AutoCloseable {
  private static final int QUEUE_BYTES = 256 << 20;
  private static final int BATCH_BYTES = 8 << 20;

  private final HttpServer server;
  private volatile CountDownLatch open = new CountDownLatch(0);
  private final Optional<Path> spool;
  private final PulseClient client;

  /// @param spooling whether the queue is in files
  Collector(boolean spooling) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] reply =
              "{\"accepted\":%d,\"duplicates\":0,\"rejected\":[]}"
                  .formatted(lines(exchange.getRequestBody()))
                  .getBytes(US_ASCII);
          awaitOpen();
          exchange.sendResponseHeaders(200, reply.length);
          exchange.getResponseBody().write(reply);
          exchange.close();
        });
    server.start();
    spool = spooling ? Optional.of(Files.createTempDirectory("pulsegate-track")) : Optional.empty();
    var builder =
        PulseClient.builder("http://127.0.0.1:" + server.getAddress().getPort())
            .apiKey("demo")
            .compression(false)
            .onDrop((reason, count) -> {})
            .batchEvents(10_000)
            .batchBytes(BATCH_BYTES)
            .flushInterval(Duration.ofHours(1));
    client =
        spool.isPresent()
            ? builder.spool(spool.get(), QUEUE_BYTES).build()
            : builder.queueBytes(QUEUE_BYTES).build();
  }

  private static long lines(InputStream body) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long lines = 0;
    byte last = '\n';
    for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
      for (int i = 0; i < read; i++) {
        lines += buffer[i] == '\n' ? 1 : 0;
      }
      last = read > 0 ? buffer[read - 1] : last;
    }
    return last == '\n' ? lines : lines + 1;
  }

  PulseClient client() {
    return client;
  }

  /// From now on the server does not answer, so that the client's own thread rests.
  void hold() {
    open = new CountDownLatch(1);
  }

  private void awaitOpen() {
    try {
      open.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Lets the server answer, and empties the queue.
  ///
  /// @throws IllegalStateException where more than a hundredth was dropped, as a disk does not
  ///   always keep up with millions of events a second: the figure would be that of dropping
  void flush() {
    open.countDown();
    boolean flushed = client.flush(Duration.ofSeconds(30));
    PulseStats stats = client.stats();
    if (!flushed || stats.droppedTotal() * 100 > stats.tracked()) {
      throw new IllegalStateException("not everything was taken: " + stats);
    }
  }

  @Override
  public void close() throws IOException {
    open.countDown();
    client.close();
    server.stop(0);
    if (spool.isPresent()) {
      try (var files = Files.walk(spool.get())) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
