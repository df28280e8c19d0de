package com.example.urlcleaner;

import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.json.JsonValue.JsonText;
import java.util.Arrays;
import java.util.stream.Collectors;

/// Takes query parameters out of a URL. Pure: the same event always becomes the same.
final class UrlCleaner implements Transform {
  private final UrlCleanerConfig config;

  UrlCleaner(UrlCleanerConfig config) {
    this.config = config;
  }

  @Override
  public Verdict apply(TransformEvent event) {
    if (!(event.payload().at(config.field()).orElse(null) instanceof JsonText(String url))) {
      return new Verdict.Keep(event);
    }
    String cleaned = clean(url);
    // An event that does not change goes on as the same object, and so byte by byte as it was sent.
    return new Verdict.Keep(
        cleaned.equals(url)
            ? event
            : event.withPayload(
                event.payload().withAt(config.field(), new JsonText(cleaned))));
  }

  private String clean(String url) {
    int query = url.indexOf('?');
    if (query < 0) {
      return url;
    }
    int hash = url.indexOf('#', query);
    int end = hash < 0 ? url.length() : hash;
    String kept =
        Arrays.stream(url.substring(query + 1, end).split("&"))
            .filter(parameter -> !config.drop().contains(parameter.split("=", 2)[0]))
            .collect(Collectors.joining("&"));
    return url.substring(0, query) + (kept.isEmpty() ? "" : "?" + kept) + url.substring(end);
  }
}
