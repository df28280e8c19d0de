package io.pulsegate.ingress.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Pages by method and exact path. Filled before a listener starts, not changed afterwards.
public final class PageTable implements Pages {
  private final Map<String, Map<String, Page>> pages = new HashMap<>();

  /// One page.
  @FunctionalInterface
  public interface Page {
    PageReply reply(PageRequest request) throws Exception;
  }

  /// Adds a page that is read.
  public PageTable get(String path, Page page) {
    return put("GET", path, page);
  }

  /// Adds a page that is sent to.
  public PageTable post(String path, Page page) {
    return put("POST", path, page);
  }

  /// Adds a page.
  ///
  /// @throws IllegalArgumentException where there is one already
  public PageTable put(String method, String path, Page page) {
    Page former = pages.computeIfAbsent(path, p -> new TreeMap<>()).put(method, page);
    if (former != null) {
      throw new IllegalArgumentException("two pages at " + method + " " + path);
    }
    return this;
  }

  @Override
  public Set<String> methods(String path) {
    return pages.getOrDefault(path, Map.of()).keySet();
  }

  @Override
  public PageReply reply(PageRequest request) throws Exception {
    Map<String, Page> byMethod = pages.getOrDefault(request.head().path(), Map.of());
    Page page =
        byMethod.get(request.head().method().equals("HEAD") ? "GET" : request.head().method());
    if (page == null) {
      throw new IllegalStateException("no page was promised");
    }
    return page.reply(request);
  }
}
