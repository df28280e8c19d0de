package io.pulsegate.ingress.http;

import io.pulsegate.api.Code;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/// A request whose answer is known from its headers alone.
final class RefusedExchange extends Exchange {
  private final Answer answer;
  private final boolean close;

  /// @param close whether the connection ends with it
  RefusedExchange(
      HttpServerRequest request, Peer peer, Recorder recorder, Answer answer, boolean close) {
    super(request, peer, recorder);
    this.answer = answer;
    this.close = close;
  }

  @Override
  void start() {
    send(answer, close);
  }

  @Override
  void body(Buffer part) {}

  @Override
  void complete() {}

  @Override
  void abandon() {}

  @Override
  Answer refusal(Code code, String message) {
    return Answers.error(code, message);
  }
}
