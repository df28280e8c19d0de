package io.pulsegate.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A plugin that ends the process, as memory that runs out does, over one event.
final class PluginCrashTest {
  private static final String SOURCE =
      """
      package fatal;
      import io.pulsegate.api.*;
      import java.util.List;
      public final class Factory implements TransformFactory<String> {
        @Override public ComponentSpec<String> spec() {
          return new ComponentSpec<>("fatal", "A test.", List.<Setting<?>>of(), s -> "");
        }
        @Override public Transform create(String none, TransformContext context) {
          return event -> {
            if (event.type().equals("fatal")) {
              Runtime.getRuntime().halt(3);
            }
            return new Verdict.Keep(event);
          };
        }
      }
      """;

  @Test
  @Timeout(300)
  void costsItsEventAndThreeStarts(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder)
      throws Exception {
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    writeJar(folder, plugins.resolve("fatal.jar"));
    String configuration =
        """
        plugins: %s
        tenants:
          - {id: demo, keys: [demo], plugins: {transform: [{name: fatal}], sinks: [{name: local}]}}
        sinks: {local: {type: duckdb}}
        """
            .formatted(plugins);
    try (var server = new ServerProcess(folder, configuration)) {
      String three =
          "[{\"event_type\":\"ok\",\"event_id\":\"a\"},{\"event_type\":\"fatal\",\"event_id\":\"b\"},{\"event_type\":\"ok\",\"event_id\":\"c\"}]";
      try {
        server.post(three);
      } catch (IOException endedBeforeItsReplyWasRead) {
        // It was on disk before any transform saw it.
      }
      server.awaitEnd();
      server.startUntilItEnds();
      server.startUntilItEnds();
      server.restart();
      server.awaitSettled("local");
      assertThat(server.get("/metrics"))
          .containsPattern("pulsegate_dlq_events_total\\{[^}]*\\} 1\\.0");
      assertThat(server.terminate()).as(server.output()).isZero();
      String ids = "SELECT string_agg(event_id, ' ' ORDER BY event_id) FROM events";
      assertThat(Tables.duckDb(server.data(), ids)).isEqualTo("a c");
    }
  }

  private static void writeJar(Path folder, Path jar) throws IOException {
    Path source = folder.resolve("fatal/Factory.java");
    Files.createDirectories(source.getParent());
    Files.writeString(source, SOURCE);
    String path = System.getProperty("java.class.path");
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-cp", path, source.toString());
    assertThat(code).isZero();
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      Path compiled = Objects.requireNonNull(source.getParent());
      for (Path file : SourceTree.files(compiled, each -> each.toString().endsWith(".class"))) {
        out.putNextEntry(new JarEntry("fatal/" + file.getFileName()));
        out.write(Files.readAllBytes(file));
      }
      out.putNextEntry(new JarEntry("META-INF/services/io.pulsegate.api.TransformFactory"));
      out.write("fatal.Factory\n".getBytes(UTF_8));
    }
  }
}
