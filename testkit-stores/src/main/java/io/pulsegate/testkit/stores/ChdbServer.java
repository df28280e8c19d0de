package io.pulsegate.testkit.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The process of [TestClickHouse]: the engine behind a small HTTP server of our own, which does
/// with parameters what ClickHouse's does. Ends with the process that started it.
final class ChdbServer {
  /// What stands before the port in the line that says it is ready.
  static final String READY = "listening on ";

  /// Where a [Mode] is set, as the path's last part.
  static final String MODE_PATH = "/mode/";

  /// Where statements are run whatever the mode.
  static final String ALWAYS_PATH = "/always";

  private static final Pattern CODE = Pattern.compile("Code: (\\d+)");

  /// What becomes of requests.
  enum Mode {
    UP,
    /// Statements are run and their answers not sent.
    DROPS_REPLIES,
    /// Nothing is run.
    DOWN
  }

  private final Chdb engine;
  private volatile Mode mode = Mode.UP;

  private ChdbServer(Chdb engine) {
    this.engine = engine;
  }

  /// @param args the library and the database's folder
  public static void main(String[] args) throws IOException {
    Thread.ofPlatform().daemon().name("parent").start(ChdbServer::endWithParent);
    var server = new ChdbServer(new Chdb(Path.of(args[0]), Path.of(args[1])));
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    http.setExecutor(Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory()));
    http.createContext("/", exchange -> server.handle(exchange, server.mode));
    http.createContext(ALWAYS_PATH, exchange -> server.handle(exchange, Mode.UP));
    http.createContext(MODE_PATH, server::setMode);
    http.start();
    System.out.println(READY + http.getAddress().getPort());
  }

  /// The parent never writes: its end of the pipe closes when it ends, however it does.
  private static void endWithParent() {
    try {
      int _ = System.in.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Runtime.getRuntime().halt(0);
    }
  }

  private void setMode(HttpExchange exchange) throws IOException {
    mode = Mode.valueOf(exchange.getRequestURI().getPath().substring(MODE_PATH.length()));
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private void handle(HttpExchange exchange, Mode now) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (now == Mode.DOWN) {
      exchange.close();
      return;
    }
    byte[] reply;
    int status = 200;
    try {
      reply = engine.run(statement(exchange, body));
    } catch (IllegalStateException e) {
      String message = String.valueOf(e.getMessage());
      reply = message.getBytes(UTF_8);
      status = 500;
      Matcher code = CODE.matcher(message);
      if (code.find()) {
        exchange.getResponseHeaders().set("X-ClickHouse-Exception-Code", code.group(1));
      }
    }
    if (now == Mode.DROPS_REPLIES) {
      exchange.close();
      return;
    }
    exchange.sendResponseHeaders(status, reply.length == 0 ? -1 : reply.length);
    exchange.getResponseBody().write(reply);
    exchange.close();
  }

  /// What ClickHouse's HTTP layer does with parameters: `query` comes before the body, all others
  /// are settings.
  private static byte[] statement(HttpExchange exchange, byte[] body) {
    var settings = parameters(Optional.ofNullable(exchange.getRequestURI().getRawQuery()));
    Optional<String> sql = Optional.ofNullable(settings.remove("query"));
    settings.remove("wait_end_of_query");
    if (sql.isEmpty()) {
      return body;
    }
    String list =
        settings.entrySet().stream()
            .map(each -> each.getKey() + "='" + each.getValue() + "'")
            .collect(Collectors.joining(", "));
    String text =
        list.isEmpty()
            ? sql.get()
            : sql.get().replace(" FORMAT ", " SETTINGS " + list + " FORMAT ");
    var whole = new ByteArrayOutputStream(text.length() + 1 + body.length);
    whole.writeBytes(text.getBytes(UTF_8));
    whole.write('\n');
    whole.writeBytes(body);
    return whole.toByteArray();
  }

  private static Map<String, String> parameters(Optional<String> query) {
    var parameters = new LinkedHashMap<String, String>();
    for (String pair : query.orElse("").split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(
            pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), UTF_8));
      }
    }
    return parameters;
  }
}
