package io.pulsegate.bench.jmh;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// As much of an exchange as the filter looks at: `GET` at the context `/deposit`.
final class StubExchange extends HttpExchange {
  private final HttpContext context = new Context();
  private final OutputStream body = OutputStream.nullOutputStream();
  private OutputStream handlers = body;
  private int status = -1;

  /// What the handler has sent so far; -1 for nothing.
  void status(int sent) {
    status = sent;
  }

  /// The handler ends its response.
  void end() throws IOException {
    handlers.close();
  }

  @Override
  public HttpContext getHttpContext() {
    return context;
  }

  @Override
  public String getRequestMethod() {
    return "GET";
  }

  @Override
  public int getResponseCode() {
    return status;
  }

  @Override
  public OutputStream getResponseBody() {
    return body;
  }

  @Override
  public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
    handlers = out == null ? body : out;
  }

  @Override
  public Headers getRequestHeaders() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Headers getResponseHeaders() {
    throw new UnsupportedOperationException();
  }

  @Override
  public URI getRequestURI() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }

  @Override
  public InputStream getRequestBody() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void sendResponseHeaders(int status, long length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    throw new UnsupportedOperationException();
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String getProtocol() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Object getAttribute(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAttribute(String name, Object value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public HttpPrincipal getPrincipal() {
    throw new UnsupportedOperationException();
  }

  private static final class Context extends HttpContext {
    @Override
    public String getPath() {
      return "/deposit";
    }

    @Override
    public HttpHandler getHandler() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setHandler(HttpHandler handler) {
      throw new UnsupportedOperationException();
    }

    @Override
    public HttpServer getServer() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, Object> getAttributes() {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Filter> getFilters() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Authenticator setAuthenticator(Authenticator authenticator) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Authenticator getAuthenticator() {
      throw new UnsupportedOperationException();
    }
  }
}
