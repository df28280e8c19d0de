package io.pulsegate.transforms.pii;

import io.pulsegate.transforms.IpText;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What personal data looks like inside a text. Rather blind to an odd way of writing than taking
/// an order number for a phone: a field known to hold personal data is named in `fields`.
enum PiiPattern {
  EMAIL("[\\p{L}\\p{N}._%+'-]{1,64}@[\\p{L}\\p{N}-]{1,63}(?:\\.[\\p{L}\\p{N}-]{1,63}){1,8}"),
  /// With a country code after `+`; as in North America; or with a leading 0 and a separator.
  PHONE(
      "(?<![\\w+.-])(?:\\+[1-9](?:[ ().\\-/]{0,2}\\d){7,14}"
          + "|(?:\\(\\d{3}\\) ?|\\d{3}[ .-])\\d{3}[ .-]\\d{4}"
          + "|0(?:\\d{1,4}[ /]|\\d{2,4}-)\\d{2,5}(?:[ -]?\\d{2,5}){1,3})(?!\\w)"),
  /// Digits of the ranges that card schemes use, with a valid check digit.
  CARD("(?<![\\w.-])[2-6]\\d(?:[ -]?\\d){11,17}(?!\\w)"),
  IP("");

  private static final Pattern CARD_RANGE =
      Pattern.compile(
          "4(?:\\d{12}|\\d{15}|\\d{18})|5[1-5]\\d{14}|2(?:22[1-9]|2[3-9]\\d|[3-6]\\d\\d|7[01]\\d|720)\\d{12}"
              + "|3[47]\\d{13}|3(?:0[0-5]|[68]\\d)\\d{11}|35\\d{14}|6(?:011|4[4-9]\\d|5\\d\\d)\\d{12}|62\\d{14,17}");

  private final Pattern pattern;

  PiiPattern(String regex) {
    pattern = Pattern.compile(regex);
  }

  /// What stands in place of a redacted one.
  String mark() {
    return "[" + name().toLowerCase(Locale.ROOT) + "]";
  }

  /// Replaces every one in a text; the same instance where there is none.
  String replaceAll(String text, Function<String, String> replacement) {
    if (this == IP) {
      return IpText.replaceAll(text, address -> replacement.apply(address.getHostAddress()));
    }
    if (this == EMAIL && text.indexOf('@') < 0) {
      return text;
    }
    String replaced =
        pattern
            .matcher(text)
            .replaceAll((MatchResult found) -> {
              String match = found.group();
              boolean meant = this != CARD || isCard(match);
              return Matcher.quoteReplacement(meant ? replacement.apply(match) : match);
            });
    return replaced.equals(text) ? text : replaced;
  }

  /// Whether the digits of a text are a card number: range and Luhn check.
  static boolean isCard(String text) {
    String digits = text.replace(" ", "").replace("-", "");
    return CARD_RANGE.matcher(digits).matches() && isLuhn(digits);
  }

  private static boolean isLuhn(String digits) {
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int weighed = i % 2 == 0 ? digit : digit * 2;
      sum += weighed > 9 ? weighed - 9 : weighed;
    }
    return sum % 10 == 0;
  }
}
