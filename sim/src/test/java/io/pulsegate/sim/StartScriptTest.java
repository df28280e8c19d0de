package io.pulsegate.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The start script in a repository of empty modules, with a Maven and a Java that only say that
/// they were called.
class StartScriptTest {
  private static final List<String> MODULES =
      List.of("api", "core", "transforms", "server", "bench");

  /// What the script calls, but for `flock`.
  private static final List<String> TOOLS =
      List.of(
          ("bash sh cat dirname readlink find mkdir sleep rm ln mv cp touch grep sed head tail date"
                  + " basename tr")
              .split(" "));

  private static final String MAVEN =
      """
      #!/bin/sh
      if [ "$1" = --version ]; then echo "Apache Maven ${FAKE_MAVEN:-3.8.7} (fake)"; exit 0; fi
      echo called >>"$FAKE/calls"
      echo "[INFO] Building PulseGate 0.1.0-SNAPSHOT                    [1/3]"
      echo "[INFO] Building PulseGate: api 0.1.0-SNAPSHOT               [2/3]"
      if [ -p "$FAKE/gate" ]; then read -r _ <"$FAKE/gate"; fi
      echo "[INFO] Building PulseGate: server 0.1.0-SNAPSHOT            [3/3]"
      if [ -e "$FAKE/broken" ]; then echo "[ERROR] no such thing"; exit 1; fi
      for part in server bench; do
        mkdir -p $part/target/lib
        touch $part/target/lib/a.jar $part/target/pulsegate-$part-0.1.0.jar
      done
      """;

  @TempDir Path home;

  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void makeRepository() throws IOException {
    for (String file : List.of("pulsegate", "scripts/jdk.sh")) {
      Path copy = home.resolve(file);
      Files.createDirectories(copy.getParent());
      Files.copy(SourceTree.root().resolve(file), copy);
      makeExecutable(copy);
    }
    Files.createFile(home.resolve("pom.xml"));
    for (String module : MODULES) {
      Files.createDirectories(home.resolve(module).resolve("src/main"));
      Files.createFile(home.resolve(module).resolve("pom.xml"));
      Files.createFile(home.resolve(module).resolve("src/main/A.java"));
    }
    script("bin/mvn", MAVEN);
    script("jdk/bin/javac", "#!/bin/sh\n");
    script("jdk/bin/java", "#!/bin/sh\necho started\n");
    Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
    Path tools = Files.createDirectory(home.resolve("tools"));
    for (String tool : TOOLS) {
      Files.createSymbolicLink(tools.resolve(tool), found(tool));
    }
  }

  @AfterEach
  void endProcesses() {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private void script(String path, String text) throws IOException {
    Path file = home.resolve(path);
    Files.createDirectories(file.getParent());
    makeExecutable(Files.writeString(file, text));
  }

  private static void makeExecutable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path found(String tool) {
    return List.of(System.getenv("PATH").split(":", -1)).stream()
        .map(folder -> Path.of(folder, tool))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no " + tool));
  }

  private Process start(String name, boolean flock, Map<String, String> more) throws IOException {
    var builder = new ProcessBuilder(home.resolve("pulsegate").toString(), "version");
    builder.environment().keySet().removeIf(variable -> variable.startsWith("PULSEGATE_"));
    builder.environment().put("FAKE", home.toString());
    builder.environment().put("JAVA_HOME", home.resolve("jdk").toString());
    String tools = flock ? System.getenv("PATH") : home.resolve("tools").toString();
    builder.environment().put("PATH", home.resolve("bin") + ":" + tools);
    builder.environment().putAll(more);
    builder.redirectErrorStream(true).redirectOutput(home.resolve(name + ".out").toFile());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private int run(Map<String, String> more) throws Exception {
    return finish(start("a", true, more));
  }

  private static int finish(Process process) throws Exception {
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ends").isTrue();
    return process.exitValue();
  }

  private String output(String name) throws IOException {
    return Files.readString(home.resolve(name + ".out"), UTF_8);
  }

  private int builds() throws IOException {
    Path calls = home.resolve("calls");
    return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
  }

  /// From now on Maven waits in the middle of its work.
  private void makeGate() throws Exception {
    int made = new ProcessBuilder("mkfifo", home.resolve("gate").toString()).start().waitFor();
    assertThat(made).isZero();
  }

  private void await(String text, String name) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!output(name).contains(text)) {
      assertThat(System.nanoTime()).as(output(name)).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void buildsOnFirstUseAndSaysHowFarItIs() throws Exception {
    assertThat(run(Map.of())).as(output("a")).isZero();
    assertThat(output("a"))
        .contains("first use")
        .contains("3 of 3: server\n")
        .contains("built in")
        .endsWith("started\n");
    assertThat(run(Map.of())).isZero();
    assertThat(output("a")).as("nothing to build").isEqualTo("started\n");
    assertThat(builds()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"api", "core", "transforms", "server", "bench"})
  void buildsAgainWhenASourceOfAModuleIsNewer(String module) throws Exception {
    assertThat(run(Map.of())).isZero();
    Files.setLastModifiedTime(
        home.resolve(module).resolve("src/main/A.java"),
        FileTime.from(Instant.now().plusSeconds(5)));
    assertThat(run(Map.of())).isZero();
    assertThat(output("a")).contains("sources have changed");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void showsWhyABuildFailedAndTriesAgainTheNextTime() throws Exception {
    Files.createFile(home.resolve("broken"));
    assertThat(run(Map.of())).isEqualTo(1);
    assertThat(output("a")).contains("[ERROR] no such thing").contains("build.log");
    Files.delete(home.resolve("broken"));
    assertThat(run(Map.of())).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void buildsOnceWhenTwoComeAtOnce(boolean flock) throws Exception {
    makeGate();
    Process first = start("a", flock, Map.of());
    await("2 of 3: api", "a");
    Process second = start("b", flock, Map.of());
    await("waiting for another build", "b");
    Files.writeString(home.resolve("gate"), "go\n");
    assertThat(finish(first)).as(output("a")).isZero();
    assertThat(finish(second)).as(output("b")).isZero();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void isNotStoppedByABuildThatWasKilled() throws Exception {
    makeGate();
    Process killed = start("a", true, Map.of());
    await("2 of 3: api", "a");
    List<ProcessHandle> all = killed.descendants().toList();
    killed.destroyForcibly().waitFor();
    all.forEach(ProcessHandle::destroyForcibly);
    Files.delete(home.resolve("gate"));
    // What earlier releases left behind where they were killed at the wrong moment.
    Files.createDirectories(home.resolve("target/build.lock"));

    assertThat(finish(start("b", true, Map.of()))).as(output("b")).isZero();
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void saysWhatToDeleteWhereABuildWasKilledAndThereIsNoFlock() throws Exception {
    Files.createDirectories(home.resolve("target"));
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Path left = Files.writeString(home.resolve("target/run.owned"), gone.pid() + "\n");
    assertThat(finish(start("a", false, Map.of()))).isEqualTo(1);
    assertThat(output("a")).contains("delete " + left.toRealPath());
    Files.delete(left);
    assertThat(finish(start("a", false, Map.of()))).as(output("a")).isZero();
    assertThat(left).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "3.6.3, false",
    "3.8.6, false",
    "3.8.7, true",
    "3.10.0, true",
    "4.0.0-rc-5, true",
    "odd, false"
  })
  void asksForAMavenThatIsNewEnough(String version, boolean enough) throws Exception {
    assertThat(run(Map.of("FAKE_MAVEN", version))).isEqualTo(enough ? 0 : 1);
    if (!enough) {
      assertThat(output("a").lines())
          .singleElement()
          .asString()
          .contains("Apache Maven 3.8.7 or newer")
          .contains(version.equals("odd") ? "does not say" : "is " + version);
    }
  }
}
