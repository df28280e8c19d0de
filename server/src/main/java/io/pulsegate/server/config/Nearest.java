package io.pulsegate.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds what somebody meant to write.
public final class Nearest {
  private Nearest() {}

  /// The known word nearest to a wrong one, where one is near enough to be meant.
  static Optional<String> to(String wrong, Collection<String> known) {
    int farthest = Math.max(2, wrong.length() / 3);
    return known.stream()
        .min(
            Comparator.comparingInt((String word) -> distance(wrong, word))
                .thenComparing(word -> word))
        .filter(word -> distance(wrong, word) <= farthest || word.startsWith(wrong));
  }

  /// "did you mean" or the list of all there are.
  public static String hint(String wrong, Collection<String> known) {
    return to(wrong, known)
        .map(word -> "; did you mean " + word + "?")
        .orElseGet(() -> known.isEmpty() ? "" : "; known here: " + String.join(", ", known));
  }

  /// Fewest insertions, deletions and replacements from one to the other (Levenshtein 1966).
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
