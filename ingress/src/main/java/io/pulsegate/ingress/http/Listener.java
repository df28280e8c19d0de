package io.pulsegate.ingress.http;

import io.pulsegate.api.Metrics;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// An open port with its event loops. HTTP/1.1 and 1.0 only: HTTP/2 in clear text is off, as it
/// gives an event client nothing that its attacks are worth.
final class Listener implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration LAST_REPLIES = Duration.ofSeconds(2);
  private static final long POLL_NANOS = 1_000_000;
  private static final int CHUNK_BYTES = 65_536;

  /// Vert.x binds one free port for all servers that ask for the same negative one.
  private static final int ANY_PORT = -1;

  private final Vertx vertx;
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
  private final LongAdder active = new LongAdder();
  private final AtomicBoolean closed = new AtomicBoolean();

  private Listener(Vertx vertx) {
    this.vertx = vertx;
  }

  /// Opens a port.
  ///
  /// @param name of the listener, for its metrics
  /// @throws ListenException where that is not possible
  static Listener open(
      HttpConfig config,
      String name,
      Door door,
      OtherRecorder recorder,
      Metrics metrics,
      InstantSource clock) {
    VertxOptions options =
        new VertxOptions()
            .setEventLoopPoolSize(config.eventLoops())
            .setWorkerPoolSize(1)
            .setInternalBlockingPoolSize(1)
            .setPreferNativeTransport(true)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false));
    Listener listener = new Listener(Vertx.vertx(options));
    Connections connections =
        new Connections(
            config.limits().connectionsMax(), config.limits().connectionsPerAddressMax());
    metrics.gauge(HttpMetric.CONNECTIONS, connections::open, name);
    HttpServerOptions serverOptions = options(config.limits());
    Deployable loop =
        context ->
            listener.listen(
                config,
                serverOptions,
                new LoopServer(
                    new Loop(context, clock),
                    config,
                    serverOptions,
                    door,
                    recorder,
                    connections,
                    metrics,
                    listener.active));
    try {
      await(
          listener.vertx.deployVerticle(
              () -> context -> loop.deploy(context),
              new DeploymentOptions().setInstances(config.eventLoops())),
          START_LIMIT);
    } catch (ExecutionException | TimeoutException failure) {
      Throwable cause = Objects.requireNonNullElse(failure.getCause(), failure);
      listener.close();
      throw new ListenException(
          "cannot listen on %s:%d: %s".formatted(config.host(), config.port(), text(cause)), cause);
    }
    return listener;
  }

  private Future<?> listen(HttpConfig config, HttpServerOptions options, LoopServer loop) {
    HttpServer server = vertx.createHttpServer(options);
    servers.add(server);
    loop.serve(vertx, server);
    return server.listen(config.port() == 0 ? ANY_PORT : config.port(), config.host());
  }

  private static HttpServerOptions options(HttpConfig.Limits limits) {
    return new HttpServerOptions()
        .setMaxInitialLineLength(limits.lineBytesMax())
        .setMaxHeaderSize(limits.headerBytesMax())
        .setMaxChunkSize(CHUNK_BYTES)
        .setHttp2ClearTextEnabled(false)
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setTcpNoDelay(true);
  }

  private static String text(Throwable cause) {
    String message = cause.getMessage();
    // Netty's native transport puts the call and its errno first: bind(..) failed with error(-98):
    return message == null ? cause.toString() : message.replaceFirst("^.*error\\(-?\\d+\\): ", "");
  }

  int port() {
    return servers.getFirst().actualPort();
  }

  /// Waits until no request is being served.
  ///
  /// @return whether that was so within the time
  boolean awaitIdle(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (active.sum() > 0) {
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }

  /// Closes the port and all connections; replies that are written are still sent. A second call
  /// does nothing.
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    try {
      List<Future<Void>> closing =
          servers.stream()
              .map(server -> server.shutdown(LAST_REPLIES.toMillis(), TimeUnit.MILLISECONDS))
              .toList();
      await(Future.join(closing), LAST_REPLIES.multipliedBy(2));
    } catch (ExecutionException | TimeoutException late) {
      System.getLogger(Listener.class.getName())
          .log(System.Logger.Level.DEBUG, "connections were cut at shutdown", late);
    } finally {
      vertx.close();
    }
  }

  private static <T> T await(Future<T> future, Duration limit)
      throws ExecutionException, TimeoutException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupt) {
      Thread.currentThread().interrupt();
      throw new TimeoutException("interrupted");
    }
  }
}
