package io.pulsegate.client.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.pulsegate.client.PulseClient;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The filter in a real Jetty.
class PulseFilterTest {
  private final List<String> recorded = new CopyOnWriteArrayList<>();
  private HttpServer collector;
  private Server jetty;
  private PulseClient pulse;

  @BeforeEach
  void start() throws Exception {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/",
        exchange -> {
          List<String> events =
              new String(exchange.getRequestBody().readAllBytes(), UTF_8).lines().toList();
          recorded.addAll(events);
          byte[] reply =
              "{\"accepted\":%d,\"duplicates\":0,\"rejected\":[]}"
                  .formatted(events.size())
                  .getBytes(UTF_8);
          exchange.sendResponseHeaders(200, reply.length);
          exchange.getResponseBody().write(reply);
          exchange.close();
        });
    collector.start();
    pulse =
        PulseClient.builder("http://127.0.0.1:" + collector.getAddress().getPort())
            .apiKey("demo")
            .compression(false)
            .flushInterval(Duration.ofMillis(1))
            .build();
    jetty = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    var context = new ServletContextHandler();
    var filter = new FilterHolder(new PulseFilter(pulse, "wallet"));
    filter.setAsyncSupported(true);
    context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
    var servlet = new ServletHolder(new Routes());
    servlet.setAsyncSupported(true);
    context.addServlet(servlet, "/api/*");
    jetty.setHandler(context);
    jetty.start();
  }

  @AfterEach
  void stop() throws Exception {
    jetty.stop();
    pulse.close();
    collector.stop(0);
  }

  /// Answers as the last part of the path says.
  private static final class Routes extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      switch (request.getPathInfo()) {
        case "/failing" -> throw new IllegalStateException("a fault");
        case "/missing" -> response.sendError(404);
        case "/async" -> {
          AsyncContext async = request.startAsync();
          async.start(() -> {
            response.setStatus(202);
            async.complete();
          });
        }
        case "/async-timeout" -> request.startAsync().setTimeout(50);
        case "/streaming" -> {
          AsyncContext async = request.startAsync();
          async.start(() -> {
            try {
              for (int i = 0; i < 100; i++) {
                response.getOutputStream().write(new byte[10_000]);
              }
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
            async.complete();
          });
        }
        case "/breaking" -> {
          response.getOutputStream().write(new byte[100_000]);
          response.flushBuffer();
          throw new IOException("broken in the middle");
        }
        case "/async-failing" -> {
          AsyncContext async = request.startAsync();
          async.start(() -> {
            try {
              response.sendError(503);
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
            async.complete();
          });
        }
        case "/async-again" -> {
          AsyncContext async = request.startAsync();
          if (request.getAttribute("again") == null) {
            request.setAttribute("again", true);
            async.dispatch();
          } else {
            response.setStatus(203);
            async.complete();
          }
        }
        default -> response.getWriter().write("fine");
      }
    }
  }

  private int get(String path) throws Exception {
    int port = ((ServerConnector) jetty.getConnectors()[0]).getLocalPort();
    try (var client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException broken) {
      return -1;
    }
  }

  private String record(String path) throws Exception {
    int _ = get(path);
    await().until(() -> !recorded.isEmpty());
    assertThat(recorded).hasSize(1);
    return recorded.getFirst();
  }

  @Test
  void recordsThePatternAndNotThePath() throws Exception {
    assertThat(record("/api/players/4711?token=secret"))
        .contains(
            "\"service_name\":\"wallet\"",
            "\"endpoint\":\"/api/*\"",
            "\"method\":\"GET\"",
            "\"status_code\":200")
        .doesNotContain("4711", "secret");
  }

  @Test
  void recordsErrors() throws Exception {
    assertThat(record("/api/failing")).contains("\"status_code\":500");
    recorded.clear();
    assertThat(record("/api/missing")).contains("\"status_code\":404");
    recorded.clear();
    assertThat(record("/nowhere")).contains("\"status_code\":404");
  }

  @Test
  void recordsAsynchronousAnswersWhenTheyAreComplete() throws Exception {
    assertThat(record("/api/async")).contains("\"status_code\":202");
    recorded.clear();
    assertThat(record("/api/streaming")).contains("\"status_code\":200");
    recorded.clear();
    assertThat(record("/api/async-timeout")).contains("\"status_code\":500");
  }

  @Test
  void recordsOnceWhatFailsOrStartsAgainOnTheWay() throws Exception {
    assertThat(record("/api/breaking")).contains("\"status_code\":200");
    recorded.clear();
    assertThat(record("/api/async-failing")).contains("\"status_code\":503");
    recorded.clear();
    assertThat(record("/api/async-again")).contains("\"status_code\":203");
  }

  @Test
  void answersAsBeforeWhereTheCollectorIsAway() throws Exception {
    collector.stop(0);
    for (int i = 0; i < 100; i++) {
      assertThat(get("/api/fine")).isEqualTo(200);
    }
    assertThat(pulse.stats().tracked()).isEqualTo(100);
    assertThat(recorded).isEmpty();
  }
}
