package io.pulsegate.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/// Keeps what is generated from `openapi.yaml` true to it: `-Dupdate.docs=true` writes it anew.
public class OpenApiTest {
  private static final Path FOLDER =
      Path.of("src", "main", "resources", "io", "pulsegate", "server", "docs");
  private static final Path COLLECTOR =
      Path.of("..", "docs", "api", "rest", "event-collector.yaml");
  private static final Pattern REFERENCE = Pattern.compile("#/components/([A-Za-z]+)/([A-Za-z]+)");

  /// The document as maps and lists.
  public static Map<String, Object> document() throws IOException {
    return map(
        new Load(LoadSettings.builder().build())
            .loadFromString(Files.readString(FOLDER.resolve("openapi.yaml"))));
  }

  @SuppressWarnings("unchecked") // keys of the document are texts
  public static Map<String, Object> map(Object node) {
    return (Map<String, Object>) node;
  }

  /// The map under a name of a map.
  public static Map<String, Object> map(Map<String, Object> parent, String name) {
    Object node = parent.get(name);
    if (node == null) {
      throw new AssertionError("the document has no " + name);
    }
    return map(node);
  }

  @Test
  void servesAsJsonWhatIsWrittenAsYaml() throws IOException {
    JsonWriter json = new JsonWriter(65_536);
    write(json, document());
    assertGenerated(
        FOLDER.resolve("openapi.json"),
        new String(json.newLine().toByteArray(), StandardCharsets.UTF_8));
  }

  @Test
  void describesTheEventCollectorInAFileOfItsOwn() throws IOException {
    Map<String, Object> whole = document();
    var part = new LinkedHashMap<String, Object>(whole);
    var info = new LinkedHashMap<String, Object>();
    info.put("title", "Event Collector Service (S2-14) on PulseGate");
    info.put("version", "1");
    part.put("info", info);
    part.remove("tags");
    var paths = new LinkedHashMap<String, Object>();
    map(whole, "paths")
        .forEach((path, item) -> {
          if (path.startsWith("/api/v1/")) {
            paths.put(path, item);
          }
        });
    part.put("paths", paths);
    part.put("components", usedComponents(map(whole, "components"), paths));
    String yaml =
        new Dump(
                DumpSettings.builder()
                    .setDefaultFlowStyle(FlowStyle.BLOCK)
                    .setWidth(100)
                    .setDereferenceAliases(true)
                    .build())
            .dumpToString(part);
    assertGenerated(
        COLLECTOR,
        "# Generated from the description that the server shows, by OpenApiTest; do not edit.\n"
            + yaml);
  }

  private static Map<String, Object> usedComponents(
      Map<String, Object> components, Map<String, Object> paths) {
    var used = new LinkedHashMap<String, Object>();
    used.put("securitySchemes", components.get("securitySchemes"));
    Set<String> seen = new LinkedHashSet<>();
    Deque<Object> open = new ArrayDeque<>(List.of(paths));
    while (!open.isEmpty()) {
      Matcher reference = REFERENCE.matcher(open.pop().toString());
      while (reference.find()) {
        if (seen.add(reference.group())) {
          Object target = map(map(components, reference.group(1)), reference.group(2));
          map(used.computeIfAbsent(reference.group(1), any -> new LinkedHashMap<>()))
              .put(reference.group(2), target);
          open.push(target);
        }
      }
    }
    return used;
  }

  private static void write(JsonWriter json, Object node) {
    switch (node) {
      case Map<?, ?> map -> {
        json.beginObject();
        map.forEach((name, value) -> {
          json.name(String.valueOf(name));
          write(json, value);
        });
        json.endObject();
      }
      case List<?> list -> {
        json.beginArray();
        list.forEach(value -> write(json, value));
        json.endArray();
      }
      case Boolean value -> json.value(value);
      case Integer value -> json.value(value);
      case Double value -> json.value(value);
      default -> json.value(node.toString());
    }
  }

  private static void assertGenerated(Path file, String text) throws IOException {
    if (Boolean.getBoolean("update.docs")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
    assertThat(file).as("generated file; -Dupdate.docs=true writes it anew").hasContent(text);
  }
}
