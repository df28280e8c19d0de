package io.pulsegate.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// Posts batches over HTTP. One request at a time.
final class HttpTransport implements Transport {
  /// Below this, compressing costs more than it saves.
  private static final int GZIP_FROM_BYTES = 1024;

  private static final int THREADS = 2;

  private final URI uri;
  private final Map<String, String> headers;
  private final boolean gzip;
  private final Duration timeout;
  private final ThreadPoolExecutor threads;
  private final HttpClient http;
  private final AtomicLong sentBytes = new AtomicLong();

  /// @param headers of every request, the content type among them
  /// @param timeout of a whole request, from connecting to the last byte of the reply
  HttpTransport(
      URI uri,
      Map<String, String> headers,
      boolean gzip,
      Duration connectTimeout,
      Duration timeout) {
    this.uri = uri;
    this.headers = headers;
    this.gzip = gzip;
    this.timeout = timeout;
    this.threads = threads();
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER) // the key goes to nobody else
            .connectTimeout(connectTimeout)
            .executor(threads)
            .build();
  }

  private static ThreadPoolExecutor threads() {
    var number = new AtomicInteger();
    var pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              var thread = new Thread(task, "pulsegate-http-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  @Override
  public Answer post(Batch batch) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(timeout);
    headers.forEach(request::setHeader);
    if (gzip && batch.size() >= GZIP_FROM_BYTES) {
      byte[] body = compressed(batch);
      sentBytes.addAndGet(body.length);
      request.setHeader("Content-Encoding", "gzip");
      request.POST(HttpRequest.BodyPublishers.ofByteArray(body));
    } else {
      sentBytes.addAndGet(batch.size());
      request.POST(HttpRequest.BodyPublishers.ofByteArray(batch.array(), 0, batch.size()));
    }
    return await(http.sendAsync(request.build(), BoundedBody.handler()));
  }

  /// The client's own time-out ends with the headers of the reply; this one with its last byte.
  private Answer await(CompletableFuture<HttpResponse<byte[]>> reply)
      throws IOException, InterruptedException {
    try {
      HttpResponse<byte[]> response = reply.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("Retry-After"),
          response.headers().firstValue("Date"),
          new String(response.body(), UTF_8));
    } catch (TimeoutException e) {
      reply.cancel(true);
      throw new HttpTimeoutException("no whole reply within " + timeout.toMillis() + " ms");
    } catch (InterruptedException e) {
      reply.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IOException("the request failed", e.getCause());
    }
  }

  private static byte[] compressed(Batch batch) throws IOException {
    var out = new ByteArrayOutputStream(batch.size() / 4);
    try (var packer = new FastGzip(out)) {
      packer.write(batch.array(), 0, batch.size());
    }
    return out.toByteArray();
  }

  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(ByteArrayOutputStream out) throws IOException {
      super(out, 8192);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  @Override
  public long sentBytes() {
    return sentBytes.get();
  }

  /// From Java 21 the client can be shut down; before, its one thread ends when it is collected.
  @Override
  public void close() {
    try {
      HttpClient.class.getMethod("shutdownNow").invoke(http);
      HttpClient.class
          .getMethod("awaitTermination", Duration.class)
          .invoke(http, Duration.ofSeconds(1));
    } catch (NoSuchMethodException | IllegalAccessException beforeJava21) {
      threads.shutdown();
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
    }
    threads.shutdown();
  }
}
