package io.pulsegate.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A connection that speaks the Chrome DevTools Protocol. Any thread may call.
final class Devtools implements AutoCloseable {
  private static final long LIMIT_SECONDS = 30;

  private final ObjectMapper mapper = new ObjectMapper();
  private final AtomicInteger last = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final WebSocket socket;

  Devtools(URI address) {
    socket = client.newWebSocketBuilder().buildAsync(address, new Messages()).join();
  }

  /// Calls a method and waits for its result.
  ///
  /// @param session empty for the browser itself
  /// @throws IllegalStateException where the browser refuses, with its reason
  JsonNode call(Optional<String> session, String method, Map<String, ?> parameters) {
    int id = last.incrementAndGet();
    var message = new LinkedHashMap<String, Object>();
    message.put("id", id);
    message.put("method", method);
    message.put("params", parameters);
    session.ifPresent(name -> message.put("sessionId", name));
    var result = new CompletableFuture<JsonNode>();
    waiting.put(id, result);
    synchronized (socket) { // one text at a time
      WebSocket _ = socket.sendText(mapper.writeValueAsString(message), true).join();
    }
    try {
      JsonNode reply = result.get(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (reply.has("error")) {
        throw new IllegalStateException(method + ": " + reply.get("error"));
      }
      return reply.get("result");
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(method + " was not answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      waiting.remove(id);
    }
  }

  private final class Messages implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean isLast) {
      text.append(part);
      if (isLast) {
        JsonNode message = mapper.readTree(text.toString());
        text.setLength(0);
        var waiter = message.has("id") ? waiting.get(message.get("id").intValue()) : null;
        if (waiter != null) {
          waiter.complete(message);
        }
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      fail(new IOException("the browser has closed: " + reason));
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      fail(new UncheckedIOException(new IOException(error)));
    }

    private void fail(Throwable why) {
      waiting.values().forEach(waiter -> waiter.completeExceptionally(why));
    }
  }

  @Override
  public void close() {
    socket.abort();
    client.shutdownNow();
  }
}
