package io.pulsegate.server.plugins;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/// Makes plugin jars from sources, as somebody outside would.
public final class TestJar {
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final List<String> left = new ArrayList<>();
  private final Map<String, String> files = new LinkedHashMap<>();
  private final Manifest manifest = new Manifest();

  public TestJar() {
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
  }

  /// A jar with one transform.
  ///
  /// @param body statements of `apply(event)`
  public static TestJar transform(String name, String body) {
    return new TestJar()
        .source(
            name + ".Factory",
            """
            package %1$s;
            import io.pulsegate.api.*;
            import io.pulsegate.json.JsonValue.*;
            import java.util.*;
            public final class Factory implements TransformFactory<String> {
              static final Setting<String> NOTE = Setting.string("note", "A note.").orElse("none");
              @Override public ComponentSpec<String> spec() {
                return new ComponentSpec<>("%1$s", "A test.", List.<Setting<?>>of(NOTE), s -> s.get(NOTE));
              }
              @Override public Transform create(String note, TransformContext context) {
                return new Transform() {
                  @Override public Verdict apply(TransformEvent event) { %2$s }
                };
              }
            }
            """
                .formatted(name, body))
        .file("META-INF/services/io.pulsegate.api.TransformFactory", name + ".Factory\n");
  }

  public TestJar source(String className, String source) {
    sources.put(className, source);
    return this;
  }

  /// Compiled, and left out of the jar.
  TestJar leavingOut(String className, String source) {
    left.add(className);
    return source(className, source);
  }

  public TestJar file(String name, String content) {
    files.put(name, content);
    return this;
  }

  TestJar version(String version) {
    manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
    return this;
  }

  /// Writes it.
  public void write(Path jar) throws IOException {
    Files.createDirectories(jar.getParent());
    Path work = Files.createTempDirectory("plugin");
    var arguments = new ArrayList<>(List.of("-proc:none", "-nowarn", "-d", work + "/classes"));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    for (var source : sources.entrySet()) {
      Path file = work.resolve("src").resolve(source.getKey().replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      arguments.add(Files.writeString(file, source.getValue()).toString());
    }
    Files.createDirectories(work.resolve("classes"));
    int code =
        sources.isEmpty()
            ? 0
            : ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, arguments.toArray(String[]::new));
    if (code != 0) {
      throw new IllegalStateException("the plugin does not compile: " + sources);
    }
    for (String className : left) {
      Files.delete(work.resolve("classes").resolve(className.replace('.', '/') + ".class"));
    }
    try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        Stream<Path> classes = Files.walk(work.resolve("classes"))) {
      for (Path file : classes.filter(Files::isRegularFile).toList()) {
        String name = work.resolve("classes").relativize(file).toString().replace('\\', '/');
        add(out, name, Files.readAllBytes(file));
      }
      for (var file : files.entrySet()) {
        add(out, file.getKey(), file.getValue().getBytes(UTF_8));
      }
    }
  }

  private static void add(JarOutputStream out, String name, byte[] content) throws IOException {
    out.putNextEntry(new JarEntry(name));
    out.write(content);
    out.closeEntry();
  }
}
