package io.pulsegate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Holds what is published to its pages and to what repositories of artifacts ask for.
class PublishingTest {
  private static final Path ROOT = SourceTree.root();

  private static final List<String> FOR_OTHERS =
      List.of("client", "client/jdkhttp", "client/servlet", "client/spring", "embedded", "sinks");

  /// What those bring with them.
  private static final List<String> INSIDE = List.of("api", "json", "log", "core", "dialects");

  /// Every option of a client stands in its page, by its name.
  @ParameterizedTest
  @CsvSource({
    "client/src/main/java/io/pulsegate/client/PulseClientBuilder.java, public PulseClientBuilder (\\w+)\\(, docs/clients/java.md",
    "embedded/src/main/java/io/pulsegate/embedded/EmbeddedConfig.java, public (?:static )?EmbeddedConfig (\\w+)\\(, docs/clients/embedded.md",
    "client/spring/src/main/java/io/pulsegate/client/spring/PulseGateProperties.java, @param (\\w+) , docs/clients/middleware.md",
    "sdk/browser/src/types.ts, (?m)^  (\\w+)\\?:, docs/clients/browser.md"
  })
  void namesEveryOptionInItsPage(String source, String option, String page) {
    String text = SourceTree.text(ROOT.resolve(page));
    List<String> options =
        Pattern.compile(option)
            .matcher(SourceTree.text(ROOT.resolve(source)))
            .results()
            .map(found -> found.group(1))
            .distinct()
            .toList();
    assertThat(options).hasSizeGreaterThan(5);
    assertThat(options)
        .allSatisfy(name ->
            assertThat(text)
                .containsAnyOf(
                    "`" + name + "`",
                    "`" + name + "(",
                    ", `" + name,
                    "pulsegate."
                        + name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT)));
  }

  @ParameterizedTest
  @CsvSource({"java.md", "middleware.md", "embedded.md", "browser.md"})
  void saysWhatHappensOnFailureAndWhatIsPrivate(String page) {
    assertThat(SourceTree.text(ROOT.resolve("docs/clients").resolve(page)))
        .contains("## What happens when", "## Privacy");
  }

  @Test
  void hasWhatARepositoryAsksFor() {
    assertThat(SourceTree.text(ROOT.resolve("pom.xml")))
        .contains("<name>", "<description>", "<url>", "<license>", "<developer>", "<scm ");
    for (String module : published()) {
      assertThat(pom(module)).as(module).contains("<name>", "<description>");
      if (!module.equals("sinks") && !INSIDE.contains(module)) {
        assertThat(pom(module)).as(module).contains("Automatic-Module-Name");
      }
    }
    assertThat(SourceTree.text(ROOT.resolve("sdk/browser/package.json")))
        .contains(
            "\"name\"", "\"version\"", "\"license\"", "\"types\"", "\"exports\"", "\"files\"");
  }

  /// A module that is published needs no other that is not, and its page names it.
  @Test
  void publishesWhatOthersProgramsNeedAndNothingElse() {
    List<String> published = published();
    assertThat(published)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(FOR_OTHERS.stream(), INSIDE.stream()).toList());
    Pattern needed =
        Pattern.compile(
            "<dependency><groupId>io\\.pulsegate</groupId><artifactId>([\\w-]+)</artifactId></dependency>");
    List<String> artifacts = published.stream().map(PublishingTest::artifact).toList();
    for (String module : published) {
      assertThat(needed.matcher(pom(module)).results().map(found -> found.group(1)))
          .as(module)
          .allMatch(artifacts::contains);
    }
    assertThat(SourceTree.text(ROOT.resolve("docs/operations/publishing.md")))
        .contains("-pl " + String.join(",", FOR_OTHERS) + " -am");
  }

  private static List<String> published() {
    return modules().filter(module -> !pom(module).contains("<unpublished>true")).toList();
  }

  private static String pom(String module) {
    return SourceTree.text(ROOT.resolve(module).resolve("pom.xml"));
  }

  private static String artifact(String module) {
    return Pattern.compile("</parent>\\s*<artifactId>([\\w-]+)</artifactId>")
        .matcher(pom(module))
        .results()
        .map(found -> found.group(1))
        .findFirst()
        .orElseThrow();
  }

  /// Also where no Node builds it.
  @ParameterizedTest
  @ValueSource(strings = {"pulsegate.js", "pulsegate.iife.js"})
  void theBrowserSdkIsAtMostSixKilobytes(String file) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      Files.copy(ROOT.resolve("sdk/browser/dist").resolve(file), gzip);
    }
    assertThat(packed.size()).isBetween(1024, 6 * 1024);
  }

  @Test
  void namesNoPlaceToDownloadFrom() {
    Pattern registry =
        Pattern.compile(
            "registry\\.|\"resolved\"|repo1?\\.maven|<repository>|<distributionManagement>");
    List<String> found = new ArrayList<>();
    Stream.concat(
            SourceTree.files(ROOT.resolve("sdk/browser"), PublishingTest::isOurs).stream(),
            Stream.concat(Stream.of(""), modules())
                .map(module -> ROOT.resolve(module).resolve("pom.xml")))
        .filter(file -> registry.matcher(SourceTree.text(file)).find())
        .forEach(file -> found.add(ROOT.relativize(file).toString()));
    assertThat(found).isEmpty();
  }

  private static Stream<String> modules() {
    return Pattern.compile("<module>(.+?)</module>")
        .matcher(SourceTree.text(ROOT.resolve("pom.xml")))
        .results()
        .map(found -> found.group(1));
  }

  private static boolean isOurs(Path file) {
    String path = file.toString();
    return !path.contains("node_modules") && !path.contains("/dist/") && !path.endsWith(".tgz");
  }
}
