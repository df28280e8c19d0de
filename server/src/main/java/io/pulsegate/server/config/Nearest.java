package io.pulsegate.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds what somebody meant to write.
public final class Nearest {
  private Nearest() {}

  /// The known word nearest to a wrong one, where one is near enough to be meant.
  static Optional<String> to(String wrong, Collection<String> known) {
    // Of a short word something must be left, or any other would do.
    int farthest = wrong.length() < 4 ? wrong.length() / 2 : Math.max(2, wrong.length() / 3);
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

  /// Fewest insertions, deletions, replacements and swaps of neighbours from one to the other
  /// (optimal string alignment).
  private static int distance(String a, String b) {
    int[][] rows = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        rows[i][j] = i == 0 || j == 0 ? i + j : step(rows, a, b, i, j);
      }
    }
    return rows[a.length()][b.length()];
  }

  private static int step(int[][] rows, String a, String b, int i, int j) {
    char lastOfA = a.charAt(i - 1);
    char lastOfB = b.charAt(j - 1);
    int least = rows[i - 1][j - 1] + (lastOfA == lastOfB ? 0 : 1);
    least = Math.min(least, Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
    boolean swapped = i > 1 && j > 1 && lastOfA == b.charAt(j - 2) && lastOfB == a.charAt(i - 2);
    return swapped ? Math.min(least, rows[i - 2][j - 2] + 1) : least;
  }
}
