package io.pulsegate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Guards what no compiler guards: which package may use which, and which library belongs where.
final class TidyTest {
  /// Module -> the modules of ours that its classes may name.
  private static final Map<String, Set<String>> OURS =
      Map.ofEntries(
          Map.entry("api", Set.of("json")),
          Map.entry("client", Set.of()),
          Map.entry("client/jdkhttp", Set.of("client")),
          Map.entry("client/servlet", Set.of("client")),
          Map.entry("client/spring", Set.of("client")),
          Map.entry("embedded", Set.of("api", "json", "log", "core", "client")),
          Map.entry("examples", Set.of("api", "client", "embedded")),
          Map.entry("json", Set.of()),
          Map.entry("log", Set.of()),
          Map.entry("testkit", Set.of("api", "json")),
          Map.entry("testkit-kafka", Set.of("testkit")),
          Map.entry("testkit-stores", Set.of("testkit")),
          Map.entry("core", Set.of("api", "json", "log")),
          Map.entry("dialects", Set.of("api", "json")),
          Map.entry("ingress", Set.of("api", "json")),
          Map.entry("sinks", Set.of("api", "json")),
          Map.entry("transforms", Set.of("api", "json")),
          Map.entry(
              "server",
              Set.of("api", "json", "log", "core", "ingress", "dialects", "sinks", "transforms")),
          Map.entry("bench/jmh", Set.of("bench", "client")),
          Map.entry("bench", Set.of("api", "json", "log", "core", "sinks", "server", "testkit")));

  /// Third-party package -> the packages of ours that may use it. A new row is the moment to ask
  /// whether the library is worth it.
  private static final Map<String, List<String>> LIBRARIES =
      Map.ofEntries(
          Map.entry("io.vertx", List.of("io.pulsegate.ingress.http", "io.pulsegate.bench")),
          Map.entry("io.netty", List.of("io.pulsegate.ingress.http", "io.pulsegate.bench")),
          Map.entry(
              "com.github.luben.zstd",
              List.of("io.pulsegate.ingress.http", "io.pulsegate.sinks.s3")),
          Map.entry(
              "software.amazon.awssdk",
              List.of("io.pulsegate.sinks.s3", "io.pulsegate.testkit.stores")),
          Map.entry("org.gaul", List.of("io.pulsegate.testkit.stores")),
          Map.entry("org.duckdb", List.of("io.pulsegate.sinks.duckdb", "io.pulsegate.bench")),
          Map.entry("com.maxmind.db", List.of("io.pulsegate.transforms.geoip")),
          Map.entry("com.networknt.schema", List.of("io.pulsegate.transforms.schema")),
          Map.entry("ua_parser", List.of("io.pulsegate.transforms.useragent")),
          Map.entry(
              "com.sun.net.httpserver",
              List.of(
                  "io.pulsegate.client.jdkhttp",
                  "io.pulsegate.bench.jmh",
                  "io.pulsegate.testkit.stores")),
          Map.entry(
              "jakarta.servlet",
              List.of(
                  "io.pulsegate.client.servlet",
                  "io.pulsegate.client.spring",
                  "io.pulsegate.bench.jmh")),
          Map.entry("org.openjdk.jmh", List.of("io.pulsegate.bench")),
          Map.entry("org.springframework", List.of("io.pulsegate.client.spring")),
          Map.entry("org.postgresql", List.of("io.pulsegate.sinks.postgres", "io.pulsegate.bench")),
          Map.entry(
              "org.apache.kafka",
              List.of(
                  "io.pulsegate.sinks.kafka",
                  "io.pulsegate.ingress.kafka",
                  "io.pulsegate.testkit.kafka")),
          Map.entry("kafka", List.of("io.pulsegate.testkit.kafka")),
          Map.entry("org.sqlite", List.of("io.pulsegate.server.state")),
          Map.entry("picocli", List.of("io.pulsegate.server", "io.pulsegate.bench")),
          Map.entry("org.snakeyaml", List.of("io.pulsegate.server.config")),
          Map.entry("io.prometheus", List.of("io.pulsegate.server.metrics")),
          Map.entry("org.HdrHistogram", List.of("io.pulsegate.bench")),
          Map.entry("org.junit", List.of("io.pulsegate.testkit")),
          Map.entry("org.assertj", List.of("io.pulsegate.testkit")),
          Map.entry("io.zonky", List.of("io.pulsegate.testkit")),
          Map.entry("org.jspecify", List.of("io.pulsegate")));

  /// Where main code may interrupt other threads, or end work in a way that does, and why no thread
  /// that touches a `FileChannel` can be hit: the interrupt would close the channel for everyone.
  private static final Map<String, String> INTERRUPTERS =
      Map.ofEntries(
          Map.entry("client/HttpTransport", "ends an exchange of the JDK's HTTP client, no thread"),
          Map.entry("client/PulseClient", "the sender: the spool's files are written by another"),
          Map.entry("core/delivery/SinkCaller", "the thread of one sink call, made for it"),
          Map.entry("core/transform/TransformWorker", "a thread that runs one tenant's transforms"),
          Map.entry("embedded/HandlerSink", "the thread of one call of the program's own code"),
          Map.entry(
              "server/admin/SqlEndpoints",
              "a query whose asker has gone, run by a thread of its own"),
          Map.entry("server/door/Clerk", "the clerk, who writes to SQLite and no channel"),
          Map.entry("server/door/HttpDomainService", "a thread that reads one answer of a socket"),
          Map.entry("server/plugins/Guard", "a thread that is making a plugin's transform"),
          Map.entry(
              "server/where/PresentVerdicts",
              "a thread that tries the present transforms on an event in memory"),
          Map.entry("sinks/clickhouse/Server", "the JDK's HTTP client's own threads"),
          Map.entry("sinks/s3/Shipper", "the shipper, whose files bear it: see SyncedFile"),
          Map.entry("sinks/webhook/Round", "threads that send requests over sockets"),
          Map.entry("sinks/webhook/Watchdog", "a timer that closes sockets"),
          Map.entry("testkit/PlainSinkContract", "a sink's writer, as a sink call may be"),
          Map.entry("testkit/SinkContract", "a sink's writer, as a sink call may be"));

  /// A thread may set its own flag again, which takes what it has been told no further.
  private static final Pattern INTERRUPT =
      Pattern.compile(
          "(?<!Thread\\.currentThread\\(\\))\\.interrupt\\(\\)|::interrupt\\b|\\bshutdownNow\\b|\\bcancel\\(true\\)");

  private static final Pattern TYPE = Pattern.compile("L([\\w/$]+)[;<]");

  /// Those that ServiceLoader finds are public; those that wrap a plugin's are not.
  private static final Pattern FACTORY =
      Pattern.compile(
          "public (?:final )?class \\w+\\s+implements (Sink|Dialect|Transform)Factory\\b");

  /// A dependency on one of ours, in a pom.
  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "<dependency>\\s*<groupId>io\\.pulsegate</groupId>\\s*<artifactId>([^<]+)</artifactId>(?:(?!</dependency>).)*",
          Pattern.DOTALL);

  private static final Pattern CONTRACT = Pattern.compile("extends (Plain)?SinkContract\\b");

  @Test
  void usesOnlyWhatTheDependencyDirectionAllows() throws IOException {
    List<String> wrong = new ArrayList<>();
    int classes = 0;
    for (String module : OURS.keySet()) {
      Path compiled = SourceTree.root().resolve(module).resolve("target/classes");
      for (Path file : SourceTree.files(compiled, path -> path.toString().endsWith(".class"))) {
        classes++;
        String name = compiled.relativize(file).toString().replace('/', '.').replace(".class", "");
        for (String used : namedIn(ClassFile.of().parse(file))) {
          if (!isAllowed(module, name, used)) {
            wrong.add(name + " uses " + used);
          }
        }
      }
    }
    assertThat(classes).as("compiled classes that were read").isPositive();
    assertThat(wrong).isEmpty();
  }

  @Test
  void listsEveryFactoryInItsServiceFile() {
    List<String> missing = new ArrayList<>();
    for (Path file : javaSources("src/main")) {
      Matcher matcher = FACTORY.matcher(SourceTree.text(file));
      if (matcher.find()) {
        Path module = moduleOf(file);
        String service = "io.pulsegate.api." + matcher.group(1) + "Factory";
        Path list = module.resolve("src/main/resources/META-INF/services").resolve(service);
        String simpleName = file.getFileName().toString().replace(".java", "");
        if (SourceTree.text(list).lines().noneMatch(line -> line.endsWith("." + simpleName))) {
          missing.add(simpleName + " is not listed in " + service);
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void holdsEverySinkToItsContract() {
    List<String> missing = new ArrayList<>();
    for (Path file : javaSources("src/main")) {
      Matcher factory = FACTORY.matcher(SourceTree.text(file));
      if (factory.find() && factory.group(1).equals("Sink")) {
        Path module = moduleOf(file);
        String sinkPackage = folderOf(file);
        boolean tested =
            javaSources("src/test").stream()
                .filter(test -> test.startsWith(module))
                .filter(test -> folderOf(test).equals(sinkPackage))
                .anyMatch(test -> CONTRACT.matcher(SourceTree.text(test)).find());
        if (!tested) {
          missing.add(sinkPackage + " has no class that extends SinkContract or PlainSinkContract");
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void leavesNoUnfinishedBusinessAndNoSilentSkips() {
    Pattern unwanted =
        Pattern.compile("\\bTODO\\b|\\bFIXME\\b|@Disabled|\\.sleep\\(|printStackTrace\\(\\)");
    List<String> found = new ArrayList<>();
    for (String part : List.of("src/main", "src/test")) {
      for (Path file : javaSources(part)) {
        if (!file.endsWith("TidyTest.java") && unwanted.matcher(SourceTree.text(file)).find()) {
          found.add(SourceTree.root().relativize(file).toString());
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void interruptsNoThreadThatMayTouchAFileChannel() {
    Set<String> found = new TreeSet<>();
    for (Path file : javaSources("src/main")) {
      if (INTERRUPT.matcher(SourceTree.text(file)).find()) {
        found.add(
            SourceTree.root()
                .relativize(file)
                .toString()
                .replace("/src/main/java/io/pulsegate/", "/")
                .replaceFirst("^(.+)/\\1/", "$1/")
                .replace(".java", ""));
      }
    }
    assertThat(found)
        .as("classes that interrupt; a new one needs a line in INTERRUPTERS that says why it may")
        .containsExactlyInAnyOrderElementsOf(INTERRUPTERS.keySet());
  }

  @Test
  void namesInTheStartScriptAllThatItsJarsAreMadeOf() {
    Matcher list =
        Pattern.compile("(?m)^modules=\"([^\"]*)\"$")
            .matcher(SourceTree.text(SourceTree.root().resolve("pulsegate")));
    assertThat(list.find()).as("the list of modules in ./pulsegate").isTrue();
    Set<String> used = new TreeSet<>();
    addUsed("server", used);
    addUsed("bench", used);
    assertThat(List.of(list.group(1).split(" ", -1))).containsExactlyInAnyOrderElementsOf(used);
  }

  /// Adds a module and all modules of ours that are among its dependencies when it runs.
  private static void addUsed(String module, Set<String> used) {
    if (used.add(module)) {
      Matcher dependency =
          DEPENDENCY.matcher(SourceTree.text(SourceTree.root().resolve(module).resolve("pom.xml")));
      while (dependency.find()) {
        if (!dependency.group().contains("<scope>test</scope>")) {
          addUsed(folderOfArtifact(dependency.group(1)), used);
        }
      }
    }
  }

  private static String folderOfArtifact(String name) {
    Matcher module =
        Pattern.compile("<module>([^<]+)</module>")
            .matcher(SourceTree.text(SourceTree.root().resolve("pom.xml")));
    while (module.find()) {
      String pom = SourceTree.text(SourceTree.root().resolve(module.group(1)).resolve("pom.xml"));
      String own = pom.substring(pom.indexOf("</parent>"));
      if (own.indexOf("<artifactId>" + name + "</artifactId>") == own.indexOf("<artifactId>")) {
        return module.group(1);
      }
    }
    throw new AssertionError("no module makes " + name);
  }

  private static boolean isAllowed(String module, String name, String used) {
    if (used.startsWith("java.") || used.startsWith("javax.") || used.startsWith("jdk.")) {
      return true;
    }
    if (used.startsWith("com.sun.nio.file.")
        || used.startsWith("com.sun.management.")
        || used.startsWith("sun.misc.Signal")) {
      return true;
    }
    if (used.startsWith("io.pulsegate.")) {
      String other = used.split("\\.", -1)[2];
      return other.equals(module) || OURS.getOrDefault(module, Set.of()).contains(other);
    }
    if (!used.contains(".")) {
      return !used.startsWith("picocli");
    }
    return LIBRARIES.entrySet().stream()
        .filter(library -> used.startsWith(library.getKey() + "."))
        .anyMatch(library -> library.getValue().stream().anyMatch(name::startsWith));
  }

  /// Names of all classes in the constant pool: those that are used, and those in signatures.
  private static Set<String> namedIn(ClassModel model) {
    Set<String> names = new TreeSet<>();
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof ClassEntry used) {
        String internal = used.asInternalName();
        if (!internal.startsWith("[")) {
          names.add(internal.replace('/', '.'));
        }
      } else if (entry instanceof Utf8Entry text) {
        Matcher matcher = TYPE.matcher(text.stringValue());
        while (matcher.find()) {
          if (matcher.group(1).contains("/")) {
            names.add(matcher.group(1).replace('/', '.'));
          }
        }
      }
    }
    return names;
  }

  private static List<Path> javaSources(String part) {
    List<Path> sources = new ArrayList<>();
    for (String module : modules()) {
      sources.addAll(
          SourceTree.files(
              SourceTree.root().resolve(module).resolve(part),
              path -> path.toString().endsWith(".java")));
    }
    return sources;
  }

  private static List<String> modules() {
    List<String> modules = new ArrayList<>(OURS.keySet());
    modules.add("sim");
    modules.add("sdk/browser-tests");
    return modules;
  }

  private static Path moduleOf(Path source) {
    Path root = SourceTree.root();
    return root.resolve(root.relativize(source).getName(0));
  }

  /// Name of the folder a source lies in, which is the last word of its package.
  private static String folderOf(Path source) {
    return source.getName(source.getNameCount() - 2).toString();
  }
}
