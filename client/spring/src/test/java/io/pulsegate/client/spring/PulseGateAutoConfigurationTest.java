package io.pulsegate.client.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.pulsegate.client.PulseClient;
import io.pulsegate.client.PulseEvent;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/// The starter in a real Spring Boot application with Tomcat.
class PulseGateAutoConfigurationTest {
  @TempDir Path temp;

  private final List<String> recorded = new CopyOnWriteArrayList<>();
  private HttpServer collector;

  /// The application.
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(Players.class)
  static class Application {}

  /// Its routes.
  @RestController
  static class Players {
    @GetMapping("/players/{id}")
    String player(@PathVariable String id) {
      return "player " + id;
    }

    @GetMapping("/async/{id}")
    Callable<String> async(@PathVariable String id) {
      return () -> "player " + id;
    }

    @GetMapping("/async-failing/{id}")
    Callable<String> asyncFailing(@PathVariable String id) {
      return () -> {
        throw new IllegalStateException("a fault with " + id);
      };
    }

    @GetMapping("/late/{id}")
    DeferredResult<String> late(@PathVariable String id) {
      return new DeferredResult<>(50L);
    }

    @GetMapping("/stream/{id}")
    StreamingResponseBody stream(@PathVariable String id) {
      return out -> {
        for (int i = 0; i < 100; i++) {
          out.write(new byte[10_000]);
          out.flush();
        }
      };
    }

    @GetMapping("/failing/{id}")
    String failing(@PathVariable String id) {
      throw new IllegalStateException("a fault with " + id);
    }
  }

  @BeforeEach
  void start() throws IOException {
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
  }

  @AfterEach
  void stop() {
    collector.stop(0);
  }

  private ConfigurableApplicationContext application(String... more) {
    var application = new SpringApplication(Application.class);
    var arguments = new java.util.ArrayList<>(List.of(more));
    arguments.add("--server.port=0");
    arguments.add("--server.address=127.0.0.1");
    arguments.add("--spring.main.banner-mode=off");
    arguments.add("--logging.level.root=error");
    return application.run(arguments.toArray(String[]::new));
  }

  private String endpoint() {
    return "--pulsegate.endpoint=http://127.0.0.1:" + collector.getAddress().getPort();
  }

  private static int get(ConfigurableApplicationContext context, String path) throws Exception {
    String port = context.getEnvironment().getRequiredProperty("local.server.port");
    try (var client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  @Test
  void recordsRoutesOfTheApplicationAndSendsTheLastEventsWhenItEnds() throws Exception {
    try (var context =
        application(
            endpoint(),
            "--pulsegate.api-key=demo",
            "--pulsegate.flush-interval=10ms",
            "--spring.application.name=casino")) {
      assertThat(get(context, "/players/4711?token=secret")).isEqualTo(200);
      assertThat(get(context, "/async/4711")).isEqualTo(200);
      assertThat(get(context, "/failing/4711")).isEqualTo(500);
      assertThat(get(context, "/nowhere/4711")).isEqualTo(404);
      await().until(() -> recorded.size() == 4);
      context.getBean(PulseClient.class).track(PulseEvent.of("last words"));
    }
    assertThat(recorded).hasSize(5);
    assertThat(recorded.get(0))
        .contains(
            "\"service_name\":\"casino\"", "\"endpoint\":\"/players/{id}\"", "\"status_code\":200");
    assertThat(recorded.get(1)).contains("\"endpoint\":\"/async/{id}\"", "\"status_code\":200");
    assertThat(recorded.get(2)).contains("\"endpoint\":\"/failing/{id}\"", "\"status_code\":500");
    assertThat(recorded.get(3)).contains("\"status_code\":404");
    assertThat(recorded.get(4)).contains("last words");
    assertThat(String.join("", recorded)).doesNotContain("4711", "secret");
  }

  @Test
  void recordsStreamsFaultsAndTimeoutsOfAsynchronousRoutes() throws Exception {
    try (var context =
        application(endpoint(), "--pulsegate.api-key=demo", "--pulsegate.flush-interval=1ms")) {
      assertThat(get(context, "/stream/4711")).isEqualTo(200);
      await().until(() -> recorded.size() == 1);
      assertThat(get(context, "/async-failing/4711")).isEqualTo(500);
      await().until(() -> recorded.size() == 2);
      assertThat(get(context, "/late/4711")).isEqualTo(503);
      await().until(() -> recorded.size() == 3);
    }
    assertThat(recorded).hasSize(3);
    assertThat(recorded.get(0)).contains("\"endpoint\":\"/stream/{id}\"", "\"status_code\":200");
    assertThat(recorded.get(1))
        .contains("\"endpoint\":\"/async-failing/{id}\"", "\"status_code\":500");
    assertThat(recorded.get(2)).contains("\"endpoint\":\"/late/{id}\"", "\"status_code\":503");
  }

  @Test
  void givesAnApplicationWithoutServletsTheClientAlone() throws Exception {
    String classPath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.matches(".*(servlet-api|tomcat-embed|webmvc).*"))
            .collect(Collectors.joining(File.pathSeparator));
    Path output = temp.resolve("worker.log");
    Process worker =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                WorkerApplication.class.getName(),
                endpoint(),
                "--pulsegate.api-key=demo")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(worker.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      worker.destroyForcibly();
    }
    assertThat(worker.exitValue()).as(Files.readString(output)).isZero();
    assertThat(recorded).singleElement().asString().contains("from a worker");
  }

  @Test
  void saysThatTheKeyIsMissing() {
    assertThatThrownBy(() -> application(endpoint()))
        .hasStackTraceContaining("pulsegate.api-key is missing");
  }

  @Test
  void setsNothingUpWithoutAnEndpoint() {
    try (var context = application()) {
      assertThat(context.getBeanNamesForType(PulseClient.class)).isEmpty();
    }
  }
}
