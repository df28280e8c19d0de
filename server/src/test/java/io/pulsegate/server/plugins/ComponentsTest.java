package io.pulsegate.server.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Event;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.Settings;
import io.pulsegate.api.Sink;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.SinkFactory;
import io.pulsegate.api.Source;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.TransformFactory;
import io.pulsegate.api.Verdict;
import io.pulsegate.api.WriteResult;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.server.plugins.Components.Broken;
import io.pulsegate.server.plugins.Components.Component;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComponentsTest {
  private static final String KEEP = "return new Verdict.Keep(event);";

  @TempDir Path folder;

  private Component found(Components components, String name) {
    return components.all().stream()
        .filter(each -> each.spec().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static <C> Transform make(TransformFactory<C> factory) {
    var context =
        new TransformContext(
            new TenantId("a"), "standard", Bytes.of("0123456789abcdef"), Path.of("."));
    return factory.create(factory.spec().reader().apply(new Settings(Map.of())), context);
  }

  private static Verdict apply(Components components, String name) {
    var received =
        new Event(
            "e-1",
            new TenantId("a"),
            "test",
            Instant.EPOCH,
            Instant.EPOCH,
            "{}",
            Source.HTTP,
            "native",
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    TransformFactory<?> factory =
        Optional.<TransformFactory<?>>ofNullable(components.transforms().get(name))
            .orElseThrow(() -> new AssertionError(name + " is broken: " + components.broken()));
    return make(factory)
        .apply(new TransformEvent(received, "test", JsonObject.EMPTY, Optional.empty()));
  }

  private static String told(Verdict verdict) {
    return ((Verdict.Drop) verdict).reason();
  }

  @Test
  void takesTransformsAndSinksFromJarsWithTheirVersions() throws IOException {
    TestJar.transform("shout", KEEP).version("1.2.3").write(folder.resolve("shout.jar"));
    new TestJar()
        .source(
            "hole.Factory",
            """
            package hole;
            import io.pulsegate.api.*;
            import java.util.*;
            public final class Factory implements SinkFactory<String> {
              @Override public ComponentSpec<String> spec() {
                return new ComponentSpec<>("hole", "2", "Takes all.", List.<Setting<?>>of(), s -> "");
              }
              @Override public Sink create(String none, SinkContext context) {
                return new Sink() {
                  @Override public WriteResult write(Batch batch) {
                    return new WriteResult.Refused(
                        Thread.currentThread().getContextClassLoader().getName(), "as it should");
                  }
                  @Override public void close() {}
                };
              }
            }
            """)
        .file("META-INF/services/io.pulsegate.api.SinkFactory", "hole.Factory\n")
        .write(folder.resolve("hole.jar"));

    Components components = Components.in(folder);

    assertThat(components.broken()).isEmpty();
    Component shout = found(components, "shout");
    assertThat(shout.version()).isEqualTo("1.2.3");
    assertThat(shout.jar()).isEqualTo("shout.jar");
    assertThat(found(components, "hole").version()).isEqualTo("2");
    assertThat(components.transforms()).containsKeys("shout", "pii_scrubber");
    assertThat(components.sinks()).containsKeys("hole", "duckdb");
    assertThat(writeNothing(components)).isEqualTo("plugin hole.jar");
  }

  private static String writeNothing(Components components) {
    SinkFactory<?> factory =
        Optional.<SinkFactory<?>>ofNullable(components.sinks().get("hole")).orElseThrow();
    try (Sink sink = make(factory)) {
      var batch =
          io.pulsegate.testkit.Batches.of(
              new io.pulsegate.api.CursorKey("log", "hole", 0),
              io.pulsegate.api.CursorRecord.startingAt(0),
              io.pulsegate.testkit.Events.numbered("a", "e", 1));
      return ((WriteResult.Refused) sink.write(batch)).code();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <C> Sink make(SinkFactory<C> factory) {
    return factory.create(
        factory.spec().reader().apply(new Settings(Map.of())),
        new SinkContext("hole", Path.of("."), 1 << 20, InstantSource.system(), Metrics.NONE));
  }

  @Test
  void librariesOfPluginsDoNotClashWithEachOtherNorWithOurs() throws IOException {
    for (String name : new String[] {"one", "two"}) {
      TestJar.transform(
              name,
              """
              String ours;
              try {
                ours = Class.forName("org.snakeyaml.engine.v2.api.Load").getName();
              } catch (ClassNotFoundException e) {
                ours = "unseen";
              }
              return new Verdict.Drop(lib.Thing.NAME() + " " + ours);
              """)
          .source(
              "lib.Thing",
              "package lib; public class Thing { public static String NAME() { return \"%s\"; } }"
                  .formatted(name))
          .write(folder.resolve(name + ".jar"));
    }

    Components components = Components.in(folder);

    assertThat(told(apply(components, "one"))).isEqualTo("one unseen");
    assertThat(told(apply(components, "two"))).isEqualTo("two unseen");
  }

  @Test
  void aBrokenJarCostsOnlyItself() throws IOException {
    TestJar.transform("good", KEEP).write(folder.resolve("zz-good.jar"));
    Files.writeString(folder.resolve("a-text.jar"), "no jar at all");
    new TestJar().file("readme.txt", "nothing here").write(folder.resolve("b-empty.jar"));
    new TestJar()
        .file("META-INF/services/io.pulsegate.api.TransformFactory", "not.There\n")
        .write(folder.resolve("c-typo.jar"));
    TestJar.transform("needy", "return new Verdict.Drop(missing.Lib.NAME());")
        .source(
            "needy.Factory",
            """
            package needy;
            import io.pulsegate.api.*;
            public final class Factory extends missing.Base {}
            """)
        .leavingOut(
            "missing.Base",
            """
            package missing;
            import io.pulsegate.api.*;
            public abstract class Base implements TransformFactory<String> {
              @Override public ComponentSpec<String> spec() { return null; }
              @Override public Transform create(String a, TransformContext b) { return null; }
            }
            """)
        .write(folder.resolve("d-needy.jar"));
    new TestJar()
        .source(
            "thrower.Factory",
            """
            package thrower;
            import io.pulsegate.api.*;
            public final class Factory implements TransformFactory<String> {
              public Factory() { throw new IllegalStateException("no licence"); }
              @Override public ComponentSpec<String> spec() { return null; }
              @Override public Transform create(String a, TransformContext b) { return null; }
            }
            """)
        .file("META-INF/services/io.pulsegate.api.TransformFactory", "thrower.Factory\n")
        .write(folder.resolve("e-thrower.jar"));
    TestJar.transform("pii_scrubber", KEEP).write(folder.resolve("f-thief.jar"));
    TestJar.transform("good", KEEP).write(folder.resolve("zz-good-again.jar"));

    Components components = Components.in(folder);

    assertThat(apply(components, "good")).isInstanceOf(Verdict.Keep.class);
    assertThat(components.broken().stream().map(Broken::toString))
        .satisfiesExactly(
            text -> assertThat(text).startsWith("a-text.jar: it cannot be read as a jar"),
            text -> assertThat(text).startsWith("b-empty.jar: it has neither META-INF/services/"),
            text -> assertThat(text).startsWith("c-typo.jar: ").contains("not.There"),
            text ->
                assertThat(text)
                    .startsWith("d-needy.jar: ")
                    .contains("needs a class that is not there: missing/Base"),
            text -> assertThat(text).startsWith("e-thrower.jar: ").contains("thrower.Factory"),
            text ->
                assertThat(text)
                    .isEqualTo(
                        "f-thief.jar: there is a transform pii_scrubber already, of PulseGate itself"),
            text ->
                assertThat(text)
                    .isEqualTo(
                        "zz-good.jar: there is a transform good already, of zz-good-again.jar"));
  }

  @Test
  void whereThereIsNoFolderThereAreOurs() {
    assertThat(Components.in(folder.resolve("nowhere")).all())
        .hasSameSizeAs(Components.builtIn().all())
        .isNotEmpty();
  }
}
