package io.pulsegate.core;

import java.util.Set;

/// An id that pages in browsers send with. It is no secret: it may only write, and only from its
/// origins.
///
/// @param origins such as `https://shop.example`, compared exactly; `*` stands for any
public record PublicId(String value, Set<String> origins) {
  public PublicId {
    origins = Set.copyOf(origins);
  }

  /// Whether pages of this origin may send with it. `null`, which a page can make itself have,
  /// never may unless all may.
  public boolean allows(String origin) {
    return origins.contains("*") || (!origin.equals("null") && origins.contains(origin));
  }
}
