package io.pulsegate.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The template in `examples/plugin`, built as somebody outside would: a copy of the folder, with
/// its own pom, against a repository that holds nothing of ours but what plugins are written
/// against. Then a real server takes the jar from `plugins/`.
final class PluginTemplateTest {
  private static final Path MAVEN = Path.of(System.getProperty("maven.home", ""), "bin", "mvn");

  @Test
  @Timeout(300)
  void isBuiltByItsOwnPomAndLoadedByAServer(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder)
      throws Exception {
    assumeTrue(
        Files.isExecutable(MAVEN) && hasJars(), "needs ./build, which makes jars before tests");
    Path repository = folder.resolve("repository");
    run(folder, List.of(script("plugin-repository.sh"), repository.toString()));
    Path plugin = folder.resolve("plugin");
    copy(SourceTree.root().resolve("examples/plugin"), plugin);
    run(
        plugin,
        List.of(
            MAVEN.toString(),
            "--batch-mode",
            "--no-transfer-progress",
            "--offline",
            "-Daether.offline.protocols=file",
            "-Dpulsegate.repository=" + repository,
            "package"));

    Path plugins = Files.createDirectories(folder.resolve("server/plugins"));
    Files.copy(plugin.resolve("target/url-cleaner.jar"), plugins.resolve("url-cleaner.jar"));
    String configuration =
        """
        plugins: %s
        tenants:
          - id: demo
            keys: [demo]
            plugins:
              transform: [{name: url_cleaner, config: {drop: token}}]
              sinks: [{name: local}]
        sinks: {local: {type: duckdb}}
        """
            .formatted(plugins);
    try (var server = new ServerProcess(folder.resolve("server"), configuration)) {
      var reply =
          server.post(
              "{\"event_type\":\"view\",\"payload\":{\"url\":\"https://a.example/?id=1&token=s3cret\"}}");
      assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
      server.awaitSettled("local");
      assertThat(server.terminate()).isZero();
      assertThat(Tables.duckDb(server.data(), "SELECT payload->>'url' FROM events"))
          .isEqualTo("https://a.example/?id=1");
    }
  }

  private static boolean hasJars() {
    return Stream.of("api", "json", "testkit")
        .map(part -> SourceTree.root().resolve(part).resolve("target"))
        .allMatch(target ->
            !SourceTree.files(
                    target, file -> file.getFileName().toString().matches("pulsegate-.*[^s].jar"))
                .isEmpty());
  }

  private static String script(String name) {
    return SourceTree.root().resolve("scripts").resolve(name).toString();
  }

  private static void run(Path folder, List<String> command) throws Exception {
    Path output = Files.createTempFile("plugin-template", ".log");
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.redirectOutput(output.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("MAVEN_OPTS", "--sun-misc-unsafe-memory-access=allow");
    int code = builder.start().waitFor();
    assertThat(code).as("%s\n%s", command, Files.readString(output)).isZero();
    Files.delete(output);
  }

  private static void copy(Path from, Path to) throws IOException {
    for (Path file : SourceTree.files(from, file -> !from.relativize(file).startsWith("target"))) {
      Path copy = to.resolve(from.relativize(file).toString());
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy);
    }
  }
}
