package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.ServerConfig;
import io.pulsegate.server.demo.DemoPlan;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The demo page of a whole server. What the page itself does is tested in a browser.
class DemoServerTest {
  private static final String OTHERS =
      "tenants:\n  - id: demo\n    keys: [demo]\n  - id: other\n    keys: [other]\nsinks:\n  lake:\n    type: duckdb\n    table: clicks\n";

  @TempDir Path temp;

  private static DemoPlan plan(String yaml) throws Exception {
    Path file = Files.createTempFile("demo", ".yaml");
    Files.writeString(file, yaml);
    var loaded = ConfigLoader.load(Optional.of(file), Map.of(), Map.of());
    Files.delete(file);
    assertThat(loaded.checked()).isInstanceOf(Checked.Valid.class);
    ServerConfig config = ((Checked.Valid) loaded.checked()).config();
    return DemoPlan.of(config);
  }

  private static String refusal(String yaml) throws Exception {
    assertThat(plan(yaml)).isInstanceOf(DemoPlan.Refused.class);
    return ((DemoPlan.Refused) plan(yaml)).reason();
  }

  /// The JDK's client sets the `Host` itself.
  private static String status(TestServer demo, String path, String host) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), demo.server.port())) {
      String request =
          "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(path, host);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).substring(9, 12);
    }
  }

  @Test
  void showsTheEventsOfItsTenantAsTheyStandInTheDatabase() throws Exception {
    try (TestServer demo = TestServer.startDemo(temp, OTHERS)) {
      demo.post("/v1/events", "{\"event_type\":\"theirs\"}", "X-API-Key", "other");
      demo.post(
          "/v1/events",
          "{\"event_type\":\"<b>mine</b>\",\"event_id\":\"e-1\",\"payload\":{\"a\":\"'\"}}",
          "X-API-Key",
          "demo");
      assertThat(demo.server.drain(Duration.ofSeconds(30))).isTrue();
      String body = demo.get("/demo/events").body();
      assertThat(body)
          .contains(
              "\"event_id\":\"e-1\"", "\"payload\":\"{\\\"a\\\":\\\"'\\\"}\"", "\"cut\":false")
          .doesNotContain("theirs");
      String offset = body.replaceAll("(?s).*\"offset\":(\\d+).*", "$1");
      assertThat(demo.get("/demo/events?after=" + offset).body()).contains("\"events\":[]");
      assertThat(demo.get("/demo/events?after=0'--").statusCode()).isEqualTo(400);
      assertThat(demo.post("/demo/events", "{}").statusCode()).isEqualTo(405);
    }
  }

  @Test
  void isServedFromTheJarToThisMachineAlone() throws Exception {
    try (TestServer demo = TestServer.startDemo(temp, OTHERS)) {
      for (String path :
          new String[] {"/demo", "/demo/teas", "/demo/demo.js", "/demo/pulsegate.js"}) {
        var page = demo.get(path, "Origin", "http://elsewhere.example");
        assertThat(page.statusCode()).as(path).isEqualTo(200);
        assertThat(page.headers().map())
            .containsKey("content-security-policy")
            .doesNotContainKey("access-control-allow-origin");
      }
      for (String host : new String[] {"localhost", "127.0.0.1:8080", "[::1]:80"}) {
        assertThat(status(demo, "/demo/events", host)).as(host).isEqualTo("200");
      }
      for (String host : new String[] {"elsewhere.example", "127.0.0.1.example:80", "localhost."}) {
        assertThat(status(demo, "/demo/events", host)).as(host).isEqualTo("403");
        assertThat(status(demo, "/demo", host)).as(host).isEqualTo("403");
      }
      assertThat(demo.get("/health").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void isNotThereUnlessAskedFor() throws Exception {
    try (TestServer plain = TestServer.start(temp, Optional.of(OTHERS), Map.of())) {
      assertThat(plain.get("/demo").statusCode()).isEqualTo(404);
      assertThat(plain.get("/demo/events").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void saysWhatIsMissingForIt() throws Exception {
    assertThat(plan(OTHERS)).isInstanceOf(DemoPlan.Ready.class);
    assertThat(refusal(OTHERS.replace("keys: [demo]", "keys: [abc]"))).contains("the key demo");
    assertThat(refusal("tenants:\n  - id: demo\n    keys: [demo]\nsinks: {}\n"))
        .contains("no sink of type duckdb");
    assertThat(
            refusal(
                "server: {bind: 0.0.0.0}\ntenants:\n  - id: demo\n    keys: [abc]\nsinks:\n  lake:\n    type: duckdb\n"))
        .contains("loopback only, not on 0.0.0.0");
  }
}
