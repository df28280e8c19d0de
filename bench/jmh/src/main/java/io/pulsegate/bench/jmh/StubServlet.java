package io.pulsegate.bench.jmh;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import jakarta.servlet.http.MappingMatch;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// As much of a request and its response as the filter looks at, so that the container's own work
/// is not in the figure.
final class StubServlet {
  private StubServlet() {}

  private static <T> T nothing(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw new UnsupportedOperationException(method.getName());
            }));
  }

  /// `GET`, mapped to `/api/*`.
  static final class Request extends HttpServletRequestWrapper {
    private static final HttpServletMapping MAPPING = new Mapping();

    private final Optional<StubAsync> async;

    /// @param async where the handler leaves the answer to another thread
    Request(Optional<StubAsync> async) {
      super(nothing(HttpServletRequest.class));
      this.async = async;
    }

    @Override
    public boolean isAsyncStarted() {
      return async.isPresent();
    }

    @Override
    public AsyncContext getAsyncContext() {
      return async.orElseThrow();
    }

    @Override
    public @Nullable Object getAttribute(String name) {
      return null;
    }

    @Override
    public HttpServletMapping getHttpServletMapping() {
      return MAPPING;
    }

    @Override
    public String getMethod() {
      return "GET";
    }
  }

  /// Status 200, not on its way yet.
  static final class Response extends HttpServletResponseWrapper {
    Response() {
      super(nothing(HttpServletResponse.class));
    }

    @Override
    public int getStatus() {
      return HttpServletResponse.SC_OK;
    }

    @Override
    public boolean isCommitted() {
      return false;
    }
  }

  private record Mapping() implements HttpServletMapping {
    @Override
    public String getMatchValue() {
      return "deposit";
    }

    @Override
    public String getPattern() {
      return "/api/*";
    }

    @Override
    public String getServletName() {
      return "wallet";
    }

    @Override
    public MappingMatch getMappingMatch() {
      return MappingMatch.PATH;
    }
  }
}
