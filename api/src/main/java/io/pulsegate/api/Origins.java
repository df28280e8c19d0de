package io.pulsegate.api;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The web origins whose pages may send, such as `https://shop.example`; compared exactly.
///
/// @param all whether any origin may
public record Origins(boolean all, Set<String> exact) {
  /// No page may.
  public static final Origins NONE = new Origins(false, Set.of());

  /// Any page may.
  public static final Origins ALL = new Origins(true, Set.of());

  public Origins {
    exact = Set.copyOf(exact);
  }

  /// Reads a list in which `*` stands for all.
  public static Origins of(List<String> origins) {
    return origins.contains("*") ? ALL : new Origins(false, new LinkedHashSet<>(origins));
  }

  /// Whether pages of this origin may send. `null`, which a page can make itself have, never may
  /// unless all may.
  public boolean allows(String origin) {
    return all || (!origin.equals("null") && exact.contains(origin));
  }

  /// Whether no page may.
  public boolean isEmpty() {
    return !all && exact.isEmpty();
  }

  /// What either allows.
  public Origins and(Origins other) {
    var union = new LinkedHashSet<>(exact);
    union.addAll(other.exact);
    return new Origins(all || other.all, union);
  }
}
