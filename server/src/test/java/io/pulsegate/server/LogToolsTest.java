package io.pulsegate.server;

import static java.util.Comparator.naturalOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.ServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `pulsegate log`, `backup` and `clone` on the data folder of a real server.
class LogToolsTest {
  private static final String MARK = "a payload to be damaged";

  @TempDir Path temp;

  private record Ran(int code, String out, String err) {}

  private static Ran run(Object... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    var line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    return new Ran(line.execute(words), out.toString(), err.toString());
  }

  private ServerConfig config(Path data) throws StartException {
    Checked checked =
        ConfigLoader.load(
                Optional.empty(),
                Map.of("--data", data.toString(), "--port", "0", "--admin-port", "0"),
                Map.of())
            .checked();
    return ((Checked.Valid) checked).config();
  }

  /// One life of a server that takes one event. It has an id, for which deduplication keeps it in
  /// the log though it is delivered.
  private void serve(Path data, String text) throws Exception {
    ServerConfig config = config(data);
    try (DataFolder folder = DataFolder.open(config.data());
        HttpClient client = HttpClient.newHttpClient()) {
      Server server = Wiring.start(config, folder);
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v1/events"))
              .header("X-API-Key", "demo")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "{\"event_type\":\"t\",\"event_id\":\"%s\",\"payload\":{\"text\":\"%s\"}}"
                          .formatted(text, text)))
              .build();
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
      assertThat(server.stop(Duration.ofSeconds(30))).isTrue();
    }
  }

  private Path served() throws Exception {
    Path data = temp.resolve("data");
    serve(data, MARK);
    serve(data, "one that stays");
    return data;
  }

  @Test
  void describesVerifiesAndDumpsAFolder() throws Exception {
    Path data = served();
    Ran described = run("log", "describe", data);
    assertThat(described.code()).isZero();
    assertThat(described.out()).contains("opened 2 times", "2 segments, 2 good frames", "sealed");
    assertThat(run("log", "verify", data).code()).isZero();
    Ran dumped = run("log", "dump", data);
    assertThat(dumped.out().lines())
        .hasSize(2)
        .first()
        .asString()
        .contains("\"offset\":0", "\"tenant_id\":\"demo\"", "{\"text\":\"" + MARK + "\"}");
    assertThat(run("log", "dump", data, "--from", "1").out().lines()).hasSize(1);
    assertThat(run("log", "dump", data, "--lane", "other#1").out()).isEmpty();
    assertThat(run("log", "dump", data, "--since", "2020-01-01T00:00:00Z").out().lines())
        .hasSize(2);
    assertThat(run("log", "dump", data, "--since", "2100-01-01T00:00:00Z").out()).isEmpty();
  }

  @Test
  void saysWhatIsWrongWithAFolderThatIsNone() {
    Ran none = run("log", "verify", temp);
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.err()).contains("is not a data folder of PulseGate");
  }

  @Test
  void findsDamageRepairsItAndTheServerGoesOn() throws Exception {
    Path data = served();
    damage(data);
    Ran found = run("log", "verify", data);
    assertThat(found.code()).isEqualTo(LogTools.DAMAGED);
    assertThat(found.out()).contains("1 files damaged, 1 frames lost", "pulsegate log repair");
    assertThat(found.out()).contains("The server starts all the same");
    Ran looked = run("log", "repair", data);
    assertThat(looked.code()).isEqualTo(LogTools.DAMAGED);
    assertThat(looked.out()).contains("Nothing was changed");

    Path copy = temp.resolve("copy");
    Ran copied = run("log", "repair", data, "--to", copy);
    assertThat(copied.code()).isZero();
    assertThat(copied.out()).contains("1 segments mended, 1 frames lost");
    assertThat(run("log", "verify", copy).code()).isZero();
    assertThat(run("log", "verify", data).code()).isEqualTo(LogTools.DAMAGED);

    assertThat(run("log", "repair", data, "--yes").code()).isZero();
    assertThat(run("log", "verify", data).code()).isZero();
    try (var files = Files.list(data.resolve(LogRepairCommand.ASIDE))) {
      assertThat(files.map(LogToolsTest::text)).anyMatch(text -> text.contains("to be da"));
    }
    serve(data, "after the repair");
    assertThat(run("log", "dump", data).out().lines()).hasSize(2);
  }

  @Test
  void saysWhenTheServerWillNotStart() throws Exception {
    for (String name : List.of("log.id", "the newest segment")) {
      Path data = temp.resolve(name);
      serve(data, MARK);
      Path file = data.resolve("log").resolve(name);
      if (!Files.exists(file)) {
        try (var files = Files.list(data.resolve("log"))) {
          file = files.filter(f -> f.toString().endsWith(".seg")).max(naturalOrder()).orElseThrow();
        }
      }
      Files.write(file, new byte[(int) Files.size(file)]);

      Ran found = run("log", "verify", data);
      assertThat(found.code()).isEqualTo(LogTools.DAMAGED);
      assertThat(found.out()).contains("The server does not start with this", "1 files damaged");
      assertThatThrownBy(() -> serve(data, "refused")).hasMessageContaining("damaged");
      assertThat(run("log", "repair", data, "--yes").code()).isZero();
      serve(data, "after the repair");
    }
  }

  @Test
  void backsUpAndClones() throws Exception {
    Path data = served();
    Path backup = temp.resolve("backup");
    Path clone = temp.resolve("clone");
    assertThat(run("backup", data, backup).code()).isZero();
    Ran cloned = run("clone", data, clone);
    assertThat(cloned.code()).isZero();
    String id = run("log", "describe", data).out().lines().findFirst().orElseThrow();
    assertThat(run("log", "describe", backup).out()).startsWith(id.substring(0, 40));
    assertThat(run("log", "describe", clone).out()).doesNotStartWith(id.substring(0, 40));
    assertThat(run("log", "dump", clone).out()).isEqualTo(run("log", "dump", data).out());
    serve(backup, "after it was put back");
    assertThat(run("log", "dump", backup).out().lines()).hasSize(3);
    assertThat(run("backup", data, backup).code()).as("never over a folder").isEqualTo(1);
  }

  private static void damage(Path data) throws IOException {
    try (var files = Files.list(data.resolve("log"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".seg")).toList()) {
        int at = text(file).indexOf(MARK);
        if (at >= 0) {
          byte[] bytes = Files.readAllBytes(file);
          bytes[at] ^= 1;
          Files.write(file, bytes);
        }
      }
    }
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
