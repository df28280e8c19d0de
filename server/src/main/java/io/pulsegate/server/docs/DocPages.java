package io.pulsegate.server.docs;

import io.pulsegate.api.Bytes;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.ingress.http.PageRequest;
import io.pulsegate.ingress.http.Pages;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// `/openapi.json` and `.yaml`, Swagger UI at `/docs`, ReDoc at `/redoc`. Any thread.
public final class DocPages implements Pages {
  private static final String FOLDER = "/io/pulsegate/server/docs/";
  private static final Set<String> GET = Set.of("GET");

  /// Only this server's own files may run or be loaded; what the viewers would fetch from
  /// elsewhere, such as a logo, is left out.
  private static final String POLICY =
      "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'";

  /// @param file in the jar
  private record Page(String file, String contentType) {}

  private static final Map<String, Page> PAGES =
      Map.of(
          "/openapi.json", new Page("openapi.json", "application/json"),
          "/openapi.yaml", new Page("openapi.yaml", "application/yaml"),
          "/docs", new Page("docs.html", "text/html; charset=utf-8"),
          "/docs/init.js", new Page("init.js", "text/javascript; charset=utf-8"),
          "/docs/swagger-ui-bundle.js",
              new Page("swagger-ui/swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
          "/docs/swagger-ui.css", new Page("swagger-ui/swagger-ui.css", "text/css; charset=utf-8"),
          "/redoc", new Page("redoc.html", "text/html; charset=utf-8"),
          "/redoc/redoc.standalone.js",
              new Page("redoc/redoc.standalone.js", "text/javascript; charset=utf-8"));

  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy", POLICY,
          "X-Content-Type-Options", "nosniff",
          "Cache-Control", "public, max-age=600");

  private final Map<String, Bytes> read = new ConcurrentHashMap<>();

  @Override
  public Set<String> methods(String path) {
    return PAGES.containsKey(path) ? GET : Set.of();
  }

  @Override
  public PageReply reply(PageRequest request) throws IOException {
    Page page = PAGES.get(request.head().path());
    if (page == null) {
      throw new IllegalStateException("no page was promised");
    }
    Bytes body = read.get(page.file());
    if (body == null) {
      body = load(page.file());
      read.put(page.file(), body);
    }
    return new PageReply(200, page.contentType(), HEADERS, body);
  }

  private static Bytes load(String file) throws IOException {
    try (InputStream in = DocPages.class.getResourceAsStream(FOLDER + file)) {
      if (in == null) {
        throw new IOException("the jar lacks " + file);
      }
      return Bytes.of(in.readAllBytes());
    }
  }
}
