package io.pulsegate.transforms;

import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds IP addresses in texts. Asks no name server.
public final class IpText {
  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern CANDIDATE =
      Pattern.compile(
          "(?<![\\w.:])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}(?![\\w.])|%1$s(?:\\.%1$s){3})?(?![\\w:])|(?<![\\w.])%1$s(?:\\.%1$s){3}(?!\\w|\\.\\d)"
              .formatted(OCTET));

  private IpText() {}

  /// Replaces every address in a text; the same instance where there is none.
  public static String replaceAll(String text, Function<InetAddress, String> replacement) {
    if (text.indexOf('.') < 0 && text.indexOf(':') < 0) {
      return text;
    }
    Matcher matcher = CANDIDATE.matcher(text);
    String replaced =
        matcher.replaceAll((MatchResult found) ->
            Matcher.quoteReplacement(
                literal(found.group()).map(replacement).orElse(found.group())));
    return replaced.equals(text) ? text : replaced;
  }

  /// The first address in a text.
  public static Optional<InetAddress> first(String text) {
    return CANDIDATE
        .matcher(text)
        .results()
        .flatMap(each -> literal(each.group()).stream())
        .findFirst();
  }

  private static Optional<InetAddress> literal(String candidate) {
    try {
      return Optional.of(InetAddress.ofLiteral(candidate));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }
}
