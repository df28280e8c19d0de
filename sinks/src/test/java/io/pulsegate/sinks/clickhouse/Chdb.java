package io.pulsegate.sinks.clickhouse;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The engine of a present ClickHouse, in this process (chdb), behind a small HTTP server of our
/// own. **What runs here is ClickHouse's engine: its SQL, formats, types and deduplication. The
/// HTTP layer is not ClickHouse's**; that one is tested with [OldServer].
///
/// The library is large, and looked for where the environment variable `CHDB_LIBRARY` says; without
/// it, tests are skipped. One engine a process, as it allows no more.
@SuppressWarnings("restricted") // a native library is what this class is for
final class Chdb {
  private static final Pattern CODE = Pattern.compile("Code: (\\d+)");
  private static @Nullable Chdb instance;

  private final MethodHandle query;
  private final MethodHandle buffer;
  private final MethodHandle length;
  private final MethodHandle error;
  private final MethodHandle destroy;
  private final MemorySegment connection;
  private final int port;
  private volatile boolean dropsReplies;
  private volatile boolean down;

  private Chdb(Path library, Path folder) throws IOException {
    Linker linker = Linker.nativeLinker();
    SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
    MethodHandle connect =
        handle(linker, symbols, "chdb_connect", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));
    query =
        handle(
            linker,
            symbols,
            "chdb_query_n",
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG));
    buffer = handle(linker, symbols, "chdb_result_buffer", FunctionDescriptor.of(ADDRESS, ADDRESS));
    length =
        handle(linker, symbols, "chdb_result_length", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    error = handle(linker, symbols, "chdb_result_error", FunctionDescriptor.of(ADDRESS, ADDRESS));
    destroy =
        handle(linker, symbols, "chdb_destroy_query_result", FunctionDescriptor.ofVoid(ADDRESS));
    MemorySegment arguments = Arena.global().allocate(MemoryLayout.sequenceLayout(2, ADDRESS));
    arguments.setAtIndex(ADDRESS, 0, Arena.global().allocateFrom("clickhouse"));
    arguments.setAtIndex(ADDRESS, 1, Arena.global().allocateFrom("--path=" + folder));
    var handle = (MemorySegment) invoke(connect, 2, arguments);
    connection = handle.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory()));
    server.createContext("/", this::handle);
    server.start();
    port = server.getAddress().getPort();
  }

  /// The engine; skips the test where it cannot be had.
  static synchronized Chdb get() throws IOException {
    Optional<Path> library =
        Optional.ofNullable(System.getenv("CHDB_LIBRARY"))
            .map(Path::of)
            .filter(Files::isRegularFile);
    assumeTrue(
        library.isPresent(),
        "CHDB_LIBRARY does not name libchdb.so: see docs/operations/clickhouse.md");
    // It takes over signals that the virtual machine lives by, which then hangs now and then.
    assumeTrue(
        Optional.ofNullable(System.getenv("LD_PRELOAD")).orElse("").contains("libjsig"),
        "LD_PRELOAD does not name the JDK's libjsig.so: see docs/operations/clickhouse.md");
    if (instance == null) {
      instance = new Chdb(library.orElseThrow(), Files.createTempDirectory("chdb"));
    }
    instance.dropsReplies = false;
    instance.down = false;
    return instance;
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /// From now on statements are run and their answers are not sent.
  void dropsReplies(boolean drops) {
    dropsReplies = drops;
  }

  /// From now on nothing is run.
  void down(boolean isDown) {
    down = isDown;
  }

  /// Runs a statement.
  ///
  /// @throws IllegalStateException with the engine's message
  synchronized String run(String sql) {
    try (Arena arena = Arena.ofConfined()) {
      byte[] text = sql.getBytes(StandardCharsets.UTF_8);
      MemorySegment statement = arena.allocateFrom(JAVA_BYTE, text);
      MemorySegment format = arena.allocateFrom("TabSeparated");
      var result =
          (MemorySegment) invoke(query, connection, statement, (long) text.length, format, 12L);
      try {
        var failed = (MemorySegment) invoke(error, result);
        if (!failed.equals(MemorySegment.NULL)) {
          throw new IllegalStateException(failed.reinterpret(Long.MAX_VALUE).getString(0));
        }
        long size = (long) invoke(length, result);
        if (size == 0) {
          return "";
        }
        var bytes = (MemorySegment) invoke(buffer, result);
        return new String(bytes.reinterpret(size).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
      } finally {
        var _ = invoke(destroy, result);
      }
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (down) {
      exchange.close();
      return;
    }
    String reply;
    int status = 200;
    try {
      reply = run(statement(parameters(exchange.getRequestURI().getRawQuery()), body));
    } catch (IllegalStateException e) {
      reply = String.valueOf(e.getMessage());
      status = 500;
      Matcher code = CODE.matcher(reply);
      if (code.find()) {
        exchange.getResponseHeaders().set("X-ClickHouse-Exception-Code", code.group(1));
      }
    }
    if (dropsReplies) {
      exchange.close();
      return;
    }
    byte[] bytes = reply.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /// What ClickHouse's HTTP layer does with parameters: `query` comes before the body, all others
  /// are settings.
  private static String statement(Map<String, String> parameters, byte[] body) {
    var settings = new LinkedHashMap<>(parameters);
    Optional<String> sql = Optional.ofNullable(settings.remove("query"));
    settings.remove("wait_end_of_query");
    String text = new String(body, StandardCharsets.UTF_8);
    if (sql.isEmpty()) {
      return text;
    }
    String list =
        settings.entrySet().stream()
            .map(each -> each.getKey() + "='" + each.getValue() + "'")
            .collect(Collectors.joining(", "));
    return sql.get().replace(" FORMAT ", " SETTINGS " + list + " FORMAT ") + "\n" + text;
  }

  private static Map<String, String> parameters(String query) {
    var parameters = new LinkedHashMap<String, String>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      parameters.put(
          pair.substring(0, equals),
          URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return parameters;
  }

  private static MethodHandle handle(
      Linker linker, SymbolLookup symbols, String name, FunctionDescriptor type) {
    return linker.downcallHandle(symbols.findOrThrow(name), type);
  }

  private static Object invoke(MethodHandle handle, Object... arguments) {
    try {
      return Optional.ofNullable(handle.invokeWithArguments(arguments)).orElse("");
    } catch (Throwable e) {
      throw new IllegalStateException("a native call failed", e);
    }
  }
}
