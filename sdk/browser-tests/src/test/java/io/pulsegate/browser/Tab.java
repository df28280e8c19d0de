package io.pulsegate.browser;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A tab, used as a person does: real clicks, keys and wheel.
final class Tab {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PACE = Duration.ofMillis(20);

  private final Devtools devtools;
  private final String target;
  private final Optional<String> session;

  Tab(Devtools devtools, String target, Optional<String> session) {
    this.devtools = devtools;
    this.target = target;
    this.session = session;
  }

  void prepare() {
    call("Page.enable", Map.of());
    call("Network.enable", Map.of());
  }

  private JsonNode call(String method, Map<String, ?> parameters) {
    return devtools.call(session, method, parameters);
  }

  /// Goes to an address and waits until the page is loaded.
  void go(String address) {
    call("Page.navigate", Map.of("url", address));
    await()
        .pollInterval(PACE)
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(() ->
            is("document.readyState === 'complete' && location.href !== 'about:blank'")
                || address.equals("about:blank"));
  }

  /// The value of an expression, a promise waited for.
  ///
  /// @throws IllegalStateException with what the page threw
  JsonNode evaluate(String expression) {
    JsonNode reply =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (reply.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + reply.get("exceptionDetails"));
    }
    return reply.get("result").path("value");
  }

  String text(String expression) {
    return evaluate("String(" + expression + ")").stringValue();
  }

  boolean is(String condition) {
    return evaluate("Boolean(" + condition + ")").booleanValue();
  }

  /// Waits until a condition of the page holds.
  void until(String condition) {
    await(condition).pollInterval(PACE).atMost(LIMIT).until(() -> is(condition));
  }

  /// Presses and lets go of the left button on an element.
  void click(String selector) {
    JsonNode at =
        evaluate(
            """
            (() => {
              const element = document.querySelector(`%s`);
              element.scrollIntoView({ block: 'center', behavior: 'instant' });
              const box = element.getBoundingClientRect();
              return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
            })()\
            """
                .formatted(selector));
    for (String type : new String[] {"mousePressed", "mouseReleased"}) {
      call(
          "Input.dispatchMouseEvent",
          Map.of(
              "type",
              type,
              "x",
              at.get("x").doubleValue(),
              "y",
              at.get("y").doubleValue(),
              "button",
              "left",
              "clickCount",
              1));
    }
  }

  /// Types into what has the focus.
  void type(String text) {
    call("Input.insertText", Map.of("text", text));
  }

  /// Takes the network away, or gives it back.
  void offline(boolean off) {
    call(
        "Network.emulateNetworkConditions",
        Map.of("offline", off, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
  }

  /// Closes the tab as a person does: the page is told.
  void close() {
    call("Page.close", Map.of());
    await()
        .pollInterval(PACE)
        .atMost(LIMIT)
        .until(() ->
            !devtools
                .call(Optional.empty(), "Target.getTargets", Map.of())
                .toString()
                .contains(target));
  }

  void screenshot(Path file) throws IOException {
    String image =
        call("Page.captureScreenshot", Map.of("format", "png")).get("data").stringValue();
    Files.write(file, Base64.getDecoder().decode(image));
  }
}
