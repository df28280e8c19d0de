package io.pulsegate.ingress.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.pulsegate.api.Code;
import io.pulsegate.api.Metrics;
import io.pulsegate.ingress.http.Exchange.Answer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// Takes connections and requests on one event loop, and refuses those that break the protocol or
/// its limits.
final class LoopServer {
  private static final long SWEEP_MILLIS_MAX = 500;
  private static final int SWEEPS_PER_TIMEOUT = 8;

  private final Loop loop;
  private final HttpConfig config;
  private final HttpServerOptions options;
  private final Door door;
  private final OtherRecorder recorder;
  private final Connections connections;
  private final Metrics metrics;
  private final LongAdder active;

  /// @param options that the server was made with
  /// @param active exchanges of the whole listener
  LoopServer(
      Loop loop,
      HttpConfig config,
      HttpServerOptions options,
      Door door,
      OtherRecorder recorder,
      Connections connections,
      Metrics metrics,
      LongAdder active) {
    this.loop = loop;
    this.config = config;
    this.options = options;
    this.door = door;
    this.recorder = recorder;
    this.connections = connections;
    this.metrics = metrics;
    this.active = active;
  }

  void serve(Vertx vertx, HttpServer server) {
    server.connectionHandler(this::connected);
    server.requestHandler(this::requested);
    server.invalidRequestHandler(this::invalid);
    long millis = config.timeouts().shortest().toMillis() / SWEEPS_PER_TIMEOUT;
    vertx.setPeriodic(Math.clamp(millis, 1, SWEEP_MILLIS_MAX), _ -> loop.sweep(System.nanoTime()));
  }

  private void connected(HttpConnection connection) {
    String client = Addresses.client(connection.remoteAddress().hostAddress());
    Optional<String> refused = connections.take(client);
    if (refused.isPresent()) {
      metrics.counter(HttpMetric.CONNECTIONS_REFUSED, refused.get()).add(1);
      connection.close();
      return;
    }
    Peer peer = new Peer(connection, loop, client, config.timeouts(), active);
    prepare(((HttpServerConnection) connection).channelHandlerContext(), peer);
    loop.add(connection, peer);
    connection.closeHandler(_ -> {
      connections.release(client);
      loop.remove(connection);
      peer.closed();
    });
    connection.exceptionHandler(this::broken);
  }

  private void prepare(ChannelHandlerContext context, Peer peer) {
    context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    context.pipeline().addFirst(new InputWatch(peer));
    context.pipeline().replace(StrictDecoder.NAME, StrictDecoder.NAME, new StrictDecoder(options));
  }

  /// A connection that ends in the middle is the client's affair.
  private void broken(Throwable cause) {
    System.getLogger(LoopServer.class.getName())
        .log(System.Logger.Level.DEBUG, "connection failed", cause);
  }

  private void requested(HttpServerRequest request) {
    Peer peer = loop.peer(request.connection());
    try {
      exchange(request, peer).begin();
    } catch (RuntimeException bug) {
      Exchange apology = refused(request, peer, Answers.internal());
      recorder.log().bug(apology, "none", bug);
      apology.begin();
    }
  }

  private Exchange exchange(HttpServerRequest request, Peer peer) {
    int headers = 0;
    int hosts = 0;
    boolean nameless = false;
    for (Map.Entry<String, String> header : request.headers()) {
      headers++;
      nameless |= header.getKey().isEmpty();
      if (header.getKey().equalsIgnoreCase("host")) {
        hosts++;
      }
    }
    if (headers > config.limits().headerCountMax()) {
      return refused(request, peer, tooManyHeaders());
    }
    if (nameless) {
      return refused(request, peer, badRequest("a header has a name"));
    }
    if (hosts > 1 || (hosts == 0 && request.version() == HttpVersion.HTTP_1_1)) {
      return refused(request, peer, badRequest("a request names one Host"));
    }
    if (request.query() != null && !readable(request)) {
      return refused(request, peer, badRequest("the query is not percent-encoded UTF-8"));
    }
    return door.enter(request, peer);
  }

  private Exchange refused(HttpServerRequest request, Peer peer, Answer answer) {
    return new RefusedExchange(request, peer, recorder, answer, true);
  }

  /// Whether the query can be decoded. Vert.x keeps what it decoded, so it is done once.
  private static boolean readable(HttpServerRequest request) {
    try {
      request.params();
      return true;
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  /// What Vert.x could not read as a request. It drops everything behind it.
  private void invalid(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    Answer answer =
        switch (cause) {
          case TooLongHttpLineException _ ->
              Answers.error(
                  Code.URI_TOO_LONG,
                  "the request line is longer than the limit of %d bytes"
                      .formatted(config.limits().lineBytesMax()));
          case TooLongHttpHeaderException _ ->
              Answers.error(
                  Code.HEADERS_TOO_LARGE,
                  "the headers are larger than the limit of %d bytes"
                      .formatted(config.limits().headerBytesMax()));
          case StrictDecoder.UnspokenVersionException other ->
              badRequest(
                  "HTTP/1.1 and HTTP/1.0 are spoken here, not %s".formatted(other.getMessage()));
          default -> badRequest("the request breaks the rules of HTTP/1.1");
        };
    recorder.replied(answer.status());
    request
        .response()
        .setStatusCode(answer.status())
        .putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType())
        .putHeader(HttpHeaders.DATE, loop.date())
        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
        .end(Buffer.buffer(answer.body().toString()));
    loop.peer(request.connection()).close();
  }

  private Answer tooManyHeaders() {
    return Answers.error(
        Code.HEADERS_TOO_LARGE,
        "the request has more than %d headers".formatted(config.limits().headerCountMax()));
  }

  private static Answer badRequest(String reason) {
    return Answers.error(Code.BAD_REQUEST, reason);
  }
}
