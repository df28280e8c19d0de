package io.pulsegate.ingress.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Content negotiation by the `Accept` header (RFC 9110, section 12.5.1).
public final class Accept {
  private static final double WHOLE = 1.0;

  private Accept() {}

  /// The offer that the client likes best; among equals the first one. The most specific range that
  /// fits an offer decides about it. No header at all takes the first.
  ///
  /// @param accept the header, where there is one
  /// @param offers media types in lower case without parameters, such as `text/plain`
  /// @return empty where none will do
  public static Optional<String> choose(Optional<String> accept, List<String> offers) {
    if (accept.isEmpty() || accept.get().isBlank()) {
      return Optional.of(offers.getFirst());
    }
    String[] ranges = accept.get().toLowerCase(Locale.ROOT).split(",", -1);
    double best = 0;
    Optional<String> chosen = Optional.empty();
    for (String offer : offers) {
      double quality = quality(ranges, offer);
      if (quality > best) {
        best = quality;
        chosen = Optional.of(offer);
      }
    }
    return chosen;
  }

  private static double quality(String[] ranges, String offer) {
    int closest = 0;
    double quality = 0;
    for (String range : ranges) {
      String[] parts = range.split(";", -1);
      int closeness = closeness(parts[0].strip(), offer);
      if (closeness > closest) {
        closest = closeness;
        quality = weight(parts);
      }
    }
    return quality;
  }

  /// 3 for the type itself, 2 for `type/*`, 1 for anything, 0 for something else.
  private static int closeness(String range, String offer) {
    if (range.equals(offer)) {
      return 3;
    }
    if (range.endsWith("/*") && offer.startsWith(range.substring(0, range.length() - 1))) {
      return 2;
    }
    return range.equals("*/*") ? 1 : 0;
  }

  private static double weight(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i].strip();
      if (part.startsWith("q=")) {
        try {
          return Math.clamp(Double.parseDouble(part.substring(2)), 0.0, WHOLE);
        } catch (NumberFormatException unreadable) {
          return WHOLE;
        }
      }
    }
    return WHOLE;
  }
}
