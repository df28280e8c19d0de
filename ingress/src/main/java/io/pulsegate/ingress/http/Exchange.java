package io.pulsegate.ingress.http;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Map;
import java.util.Optional;

/// One request and its reply. On the connection's loop only, unless a subclass says otherwise.
///
/// A reply may come before the body is complete. Then the rest is read and dropped, so that the
/// client can read the reply: a small rest keeps the connection, any other ends it after a while.
abstract class Exchange {
  private static final long REST_BYTES_MAX = 65_536;
  private static final long DROPPED_BYTES_MAX = 1 << 20;
  private static final CharSequence CLOSE = HttpHeaders.createOptimized("close");
  private static final CharSequence TRACE_ID = HttpHeaders.createOptimized(TraceId.HEADER);

  private final HttpServerRequest request;
  private final Peer peer;
  private final String traceId;
  private Recorder recorder;
  private final long startNanos = System.nanoTime();
  private boolean continueAwaited;
  private boolean bodyEnded;
  private boolean replied;
  private boolean closing;
  private long droppedBytes;

  Exchange(HttpServerRequest request, Peer peer, Recorder recorder) {
    this.request = request;
    this.peer = peer;
    this.recorder = recorder;
    this.traceId = TraceId.of(Optional.ofNullable(request.getHeader(TraceId.PARENT)));
    String expect = request.getHeader(HttpHeaders.EXPECT);
    this.continueAwaited = "100-continue".equalsIgnoreCase(expect);
  }

  /// Takes over the request. The first call.
  final void begin() {
    peer.begin(this, startNanos);
    request.handler(this::onData);
    request.endHandler(_ -> onEnd());
    request.exceptionHandler(this::onFault);
    if (request.response().writeQueueFull()) {
      // Replies of earlier requests are not being read: no more of them until they are.
      request.pause();
      request
          .response()
          .drainHandler(_ -> {
            request.resume();
            start();
          });
    } else {
      start();
    }
  }

  /// Decides from the headers: replies, or lets the body come.
  abstract void start();

  /// A part of the body, before any reply.
  abstract void body(Buffer part);

  /// The body is complete and nothing was replied yet.
  abstract void complete();

  /// The body will not become complete: whatever was held for it is given back.
  abstract void abandon();

  /// The client has closed its side of the connection: it sends nothing more, and may have gone.
  void left() {}

  /// The answer to a fault that the dialect or page has no part in.
  abstract Answer refusal(Code code, String message);

  /// Headers of any reply, whatever it says. Called once, when the reply is certain.
  Map<String, String> headersOfAnyReply() {
    return Map.of();
  }

  /// From now on it is counted and logged there.
  final void recordTo(Recorder other) {
    recorder = other;
  }

  /// Since the head was read.
  final long elapsedNanos() {
    return System.nanoTime() - startNanos;
  }

  /// A finished answer.
  record Answer(int status, String contentType, Map<String, String> headers, Bytes body) {}

  final HttpServerRequest request() {
    return request;
  }

  final Peer peer() {
    return peer;
  }

  /// The same in each line of the log about this request and in its reply. Any thread.
  final String traceId() {
    return traceId;
  }

  /// Bytes of the body as announced: 0 where there is none, -1 where the request does not say.
  final long announcedBytes() {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length != null) {
      return Long.parseLong(length);
    }
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) ? -1 : 0;
  }

  /// Asks for the body where the client waits to be asked.
  final void welcomeBody() {
    if (continueAwaited && request.version() == HttpVersion.HTTP_1_1) {
      continueAwaited = false;
      request.response().writeContinue();
    }
  }

  final void send(Answer answer) {
    send(answer, false);
  }

  /// Replies, once; later calls do nothing.
  final void send(Answer answer, boolean close) {
    if (replied) {
      return;
    }
    replied = true;
    closing = close || !mayStay();
    HttpServerResponse response = request.response();
    response.setStatusCode(answer.status());
    response.putHeader(HttpHeaders.CONTENT_TYPE, answer.contentType());
    response.putHeader(HttpHeaders.DATE, peer.loop().date());
    response.putHeader(TRACE_ID, traceId);
    answer.headers().forEach(response::putHeader);
    headersOfAnyReply().forEach(response::putHeader);
    if (closing) {
      response.putHeader(HttpHeaders.CONNECTION, CLOSE);
    }
    Bytes body = answer.body();
    if (request.method().equals(HttpMethod.HEAD)) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
    }
    recorder.replied(this, answer.status(), System.nanoTime() - startNanos);
    // Before the reply, as the next pipelined request begins inside of end().
    if (bodyEnded) {
      peer.end();
    } else if (closing) {
      peer.linger();
    }
    response.end(
        Buffer.buffer(body.length()).appendBytes(body.array(), body.from(), body.length()));
    if (bodyEnded && closing) {
      peer.close();
    } else {
      peer.replied();
    }
  }

  /// Whether the whole request is here.
  final boolean isBodyEnded() {
    return bodyEnded;
  }

  /// The client was too slow.
  final void expired() {
    if (replied) {
      peer.close();
      return;
    }
    recorder.aborted("timeout");
    abandon();
    send(refusal(Code.REQUEST_TIMEOUT, "the body did not arrive in time; nothing was kept"), true);
  }

  /// The client has gone.
  final void disconnected() {
    left();
    if (!replied) {
      replied = true;
      recorder.aborted("gone");
      if (!bodyEnded) {
        abandon();
      }
    }
  }

  private boolean mayStay() {
    if (bodyEnded) {
      return true;
    }
    long announced = announcedBytes();
    return !continueAwaited && announced >= 0 && announced <= REST_BYTES_MAX;
  }

  private void onData(Buffer part) {
    if (!replied) {
      body(part);
      return;
    }
    droppedBytes += part.length();
    if (droppedBytes > DROPPED_BYTES_MAX) {
      // Closing now would reset the connection, and a client that still writes would lose the
      // reply.
      request.pause();
    }
  }

  private void onEnd() {
    bodyEnded = true;
    if (!replied) {
      peer.untimed();
      complete();
      return;
    }
    peer.end();
    if (closing) {
      peer.close();
    }
  }

  /// The body breaks the rules of HTTP. Vert.x closes the connection when this returns; closing it
  /// here sends the reply first. A connection that was lost ends here too, and nothing can be sent.
  private void onFault(Throwable fault) {
    if (!replied && !(fault instanceof io.vertx.core.http.HttpClosedException)) {
      abandon();
      send(refusal(Code.BAD_REQUEST, "the body breaks the rules of HTTP/1.1"), true);
      peer.close();
    }
  }
}
