package io.pulsegate.server.demo;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Queryable;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.ingress.http.PageRequest;
import io.pulsegate.ingress.http.Pages;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// The demo under `/demo`, in front of the other pages. Any thread.
///
/// It answers only where the request names this machine's loopback as its host: a page of elsewhere
/// whose name was made to lead here gets nothing (DNS rebinding), and no `Access-Control` header is
/// ever sent.
public final class DemoPages implements Pages {
  private static final String EVENTS = "/demo/events";
  private static final Set<String> GET = Set.of("GET");
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1\\])(:\\d{1,5})?");

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy", POLICY,
          "X-Content-Type-Options", "nosniff",
          "Referrer-Policy", "same-origin",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Cache-Control", "no-cache");

  /// @param name in the jar
  private record File(String name, String contentType) {
    static File html(String name) {
      return new File(name, "text/html; charset=utf-8");
    }

    static File script(String name) {
      return new File(name, "text/javascript; charset=utf-8");
    }
  }

  /// The page changes its path without a load; each of these paths can be opened as well.
  private static final Map<String, File> FILES =
      Map.of(
          "/demo", File.html("demo.html"),
          "/demo/", File.html("demo.html"),
          "/demo/teas", File.html("demo.html"),
          "/demo/about", File.html("demo.html"),
          "/demo/demo.js", File.script("demo.js"),
          "/demo/demo.css", new File("demo.css", "text/css; charset=utf-8"),
          "/demo/pulsegate.js", File.script("pulsegate.js"),
          "/demo/vitals.js", File.script("vitals.js"),
          "/demo/pulsegate.iife.js", File.script("pulsegate.iife.js"),
          "/demo/pulsegate-vitals.iife.js", File.script("pulsegate-vitals.iife.js"));

  private final Map<String, Bytes> read = new ConcurrentHashMap<>();
  private final Pages others;
  private final DemoEvents events;

  /// @param others asked where a path is not the demo's
  /// @param sink asked for the events of the plan
  public DemoPages(Pages others, Queryable sink, DemoPlan.Ready plan) {
    this.others = others;
    this.events = new DemoEvents(sink, plan);
  }

  @Override
  public Set<String> methods(String path) {
    return path.equals(EVENTS) || FILES.containsKey(path) ? GET : others.methods(path);
  }

  @Override
  public PageReply reply(PageRequest request) throws Exception {
    String path = request.head().path();
    Optional<File> file = Optional.ofNullable(FILES.get(path));
    if (file.isEmpty() && !path.equals(EVENTS)) {
      return others.reply(request);
    }
    if (!LOOPBACK.matcher(request.head().header("Host").orElse("")).matches()) {
      return PageReply.text(
          403, "The demo is for this machine: open it at 127.0.0.1 or localhost.\n");
    }
    return file.isPresent()
        ? new PageReply(200, file.get().contentType(), HEADERS, content(file.get().name()))
        : events.reply(request.head().parameter("after"), HEADERS);
  }

  private Bytes content(String file) throws IOException {
    Bytes content = read.get(file);
    if (content == null) {
      content = load(file);
      read.put(file, content);
    }
    return content;
  }

  private static Bytes load(String file) throws IOException {
    try (InputStream in = DemoPages.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IOException("the jar lacks " + file + " of the demo");
      }
      return Bytes.of(in.readAllBytes());
    }
  }
}
