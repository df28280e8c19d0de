package io.pulsegate.ingress.http;

import io.pulsegate.api.Code;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.CompletableFuture;

/// A request for a page. The page is made on a virtual thread.
final class PageExchange extends Exchange {
  private final Pages pages;
  private final OtherRecorder recorder;
  private final int bodyBytesMax;
  private final VertxHead head;
  private final BodyBuffer body = new BodyBuffer();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();

  PageExchange(
      HttpServerRequest request, Peer peer, OtherRecorder recorder, Pages pages, int bodyBytesMax) {
    super(request, peer, recorder);
    this.pages = pages;
    this.recorder = recorder;
    this.bodyBytesMax = bodyBytesMax;
    this.head = new VertxHead(request);
  }

  @Override
  void start() {
    if (head.headerCount("Content-Encoding") > 0) {
      send(Answers.error(Code.UNSUPPORTED_ENCODING, "a Content-Encoding is not taken here"));
    } else if (announcedBytes() > bodyBytesMax) {
      send(tooLarge());
    } else {
      welcomeBody();
    }
  }

  @Override
  void body(Buffer part) {
    if (body.length() + part.length() > bodyBytesMax) {
      send(tooLarge(), true);
    } else {
      body.add(part, announcedBytes());
    }
  }

  private Answer tooLarge() {
    return Answers.error(
        Code.BODY_TOO_LARGE, "the body is larger than the limit of " + bodyBytesMax + " bytes");
  }

  @Override
  void complete() {
    Thread.ofVirtual().name("page").start(this::make);
  }

  private void make() {
    Answer answer;
    try {
      answer = Answers.of(pages.reply(new PageRequest(head, body.bytes(), gone)));
    } catch (Exception bug) {
      recorder.log().bug(this, "none", bug);
      answer = Answers.internal();
    }
    Answer made = answer;
    peer().loop().post(() -> send(made));
  }

  @Override
  void abandon() {}

  @Override
  void left() {
    gone.complete(null);
  }

  @Override
  Answer refusal(Code code, String message) {
    return Answers.error(code, message);
  }
}
