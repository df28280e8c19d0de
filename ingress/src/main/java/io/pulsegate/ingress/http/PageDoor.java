package io.pulsegate.ingress.http;

import io.pulsegate.api.Code;
import io.pulsegate.ingress.http.Exchange.Answer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Finds pages.
final class PageDoor implements Door {
  private static final Answer NOT_FOUND = Answers.error(Code.NOT_FOUND, Code.NOT_FOUND.meaning());
  private static final Answer UNAUTHENTICATED =
      Answers.error(
          Code.UNAUTHENTICATED,
          "This needs the token of the operator, as Authorization: Bearer.",
          Map.of("WWW-Authenticate", "Bearer"));
  private static final Answer FLOOD =
      Answers.error(
          Code.THROTTLED, "Too many requests without a valid token.", Map.of("Retry-After", "1"));

  private final Pages pages;
  private final Guard guard;
  private final int bodyBytesMax;
  private final RefusalLimiter refusals;
  private final OtherRecorder recorder;

  PageDoor(
      Pages pages,
      Guard guard,
      int bodyBytesMax,
      int refusalsPerSecondMax,
      OtherRecorder recorder) {
    this.pages = pages;
    this.guard = guard;
    this.bodyBytesMax = bodyBytesMax;
    this.refusals = new RefusalLimiter(refusalsPerSecondMax);
    this.recorder = recorder;
  }

  @Override
  public Exchange enter(HttpServerRequest request, Peer peer) {
    VertxHead head = new VertxHead(request);
    if (!guard.allows(head)) {
      boolean allowed = refusals.allows(peer.client(), System.nanoTime());
      return new RefusedExchange(
          request, peer, recorder, allowed ? UNAUTHENTICATED : FLOOD, !allowed);
    }
    Set<String> methods = pages.methods(head.path());
    if (methods.isEmpty()) {
      return new RefusedExchange(request, peer, recorder, NOT_FOUND, false);
    }
    String method = head.method();
    if (methods.contains(method) || (method.equals("HEAD") && methods.contains("GET"))) {
      return new PageExchange(request, peer, recorder, pages, bodyBytesMax);
    }
    return new RefusedExchange(request, peer, recorder, methodNotAllowed(methods), false);
  }

  static Answer methodNotAllowed(Set<String> methods) {
    Set<String> allowed = new TreeSet<>(methods);
    if (methods.contains("GET")) {
      allowed.add("HEAD");
    }
    String list = String.join(", ", allowed);
    return Answers.error(
        Code.METHOD_NOT_ALLOWED, "This path takes " + list + ".", Map.of("Allow", list));
  }
}
