package io.pulsegate.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.client.FakeServer.Reply;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client on the oldest Java that it promises: a real Java 17, where there is one.
class OldestJavaTest {
  private static final List<String> PLACES =
      List.of(
          "/usr/lib/jvm", "/opt/java", "/opt", "/usr/java", "/Library/Java/JavaVirtualMachines");

  private static final String MISSING =
      "SKIPPED: the client on Java 17: none is here; set JAVA17_HOME (Debian: apt-get install openjdk-17-jre-headless)";

  @TempDir Path temp;

  @Test
  void sendsEverythingInMemoryAndWithASpoolAndEnds() throws Exception {
    Optional<Path> java = java17();
    if (java.isEmpty()) {
      System.err.println(MISSING); // Surefire says only how many
      Assumptions.abort(MISSING);
    }
    Path classes = compile();
    List<String> ids = new CopyOnWriteArrayList<>();
    try (var server =
        new FakeServer(request -> {
          ids.addAll(request.ids());
          return Reply.taken(request);
        })) {
      Path client =
          Path.of(PulseClient.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path output = temp.resolve("output");
      Process process =
          new ProcessBuilder(
                  java.orElseThrow().toString(),
                  "-cp",
                  classes + File.pathSeparator + client,
                  "Application",
                  server.url(),
                  temp.resolve("spool").toString())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try {
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
            .as("the application ends: %s", Files.readString(output))
            .isTrue();
      } finally {
        process.destroyForcibly();
      }
      assertThat(Files.readAllLines(output))
          .containsExactly(
              "17 memory drained 1001 delivered, 0 errors",
              "17 spool drained 1001 delivered, 0 errors");
    }
    assertThat(ids).hasSize(2002).doesNotHaveDuplicates();
  }

  private Path compile() throws IOException, URISyntaxException {
    Path source = temp.resolve("Application.java");
    try (InputStream in = OldestJavaTest.class.getResourceAsStream("/java17/Application.java")) {
      assertThat(in).isNotNull();
      Files.write(source, in.readAllBytes());
    }
    Path classes = temp.resolve("classes");
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--release",
                "17",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                source.toString());
    assertThat(code).isZero();
    return classes;
  }

  private static Optional<Path> java17() {
    Stream<Path> named = Stream.ofNullable(System.getenv("JAVA17_HOME")).map(Path::of);
    return Stream.concat(named, PLACES.stream().map(Path::of).flatMap(OldestJavaTest::children))
        .flatMap(home -> Stream.of(home, home.resolve("Contents/Home")))
        .filter(home -> Files.isExecutable(home.resolve("bin/java")))
        .filter(home -> release(home).contains("JAVA_VERSION=\"17"))
        .map(home -> home.resolve("bin/java"))
        .findFirst();
  }

  private static Stream<Path> children(Path folder) {
    List<Path> children = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> all = Files.list(folder)) {
        all.sorted().forEach(children::add);
      } catch (IOException unreadable) {
        return Stream.of();
      }
    }
    return children.stream();
  }

  private static String release(Path home) {
    try {
      return Files.readString(home.resolve("release"), UTF_8);
    } catch (IOException unknown) {
      return "";
    }
  }
}
