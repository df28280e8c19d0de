package io.pulsegate.sinks.clickhouse;

import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Refused;
import io.pulsegate.api.WriteResult.Unavailable;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the server answered.
sealed interface Answer {
  /// Done.
  record Ok(String text) implements Answer {}

  /// It will not take this for what is in it; nothing was stored.
  record No(Refused refused) implements Answer {}

  /// It cannot now; what was stored is not known.
  record Later(Unavailable unavailable) implements Answer {}

  /// Errors about the rows themselves: parsing, types, ranges, constraints.
  Set<Integer> CONTENT =
      Set.of(6, 26, 27, 38, 41, 53, 70, 72, 117, 131, 190, 321, 349, 441, 469, 691);

  /// Errors that a person has to mend: names, rights, credentials, settings, syntax.
  Set<Integer> PERSON =
      Set.of(
          8, 10, 16, 36, 44, 46, 47, 50, 60, 62, 73, 81, 115, 164, 192, 193, 194, 195, 291, 344,
          392, 497, 516, 731);

  Pattern CODE = Pattern.compile("Code: (\\d{1,5})");
  Pattern NAME = Pattern.compile("\\(([A-Z][A-Z0-9_]{2,60})\\)");

  /// Reads an answer. Its text may hold content, and goes nowhere.
  ///
  /// @param codeHeader X-ClickHouse-Exception-Code, which old servers do not send
  static Answer of(int status, Optional<String> codeHeader, String body) {
    Optional<Integer> code =
        codeHeader
            .filter(text -> text.matches("\\d{1,5}"))
            .or(() -> find(CODE, body))
            .map(Integer::valueOf);
    if (status == 200 && codeHeader.isEmpty()) {
      return new Ok(body);
    }
    String what =
        "%s %s"
            .formatted(
                code.map(Object::toString).orElse("without code"), find(NAME, body).orElse(""))
            .strip();
    if (code.filter(CONTENT::contains).isPresent()) {
      return new No(
          new Refused(Integer.toString(code.get()), "ClickHouse refused the rows: error " + what));
    }
    boolean person =
        code.filter(PERSON::contains).isPresent()
            || (code.isEmpty() && status >= 400 && status < 500 && status != 408 && status != 429);
    return new Later(
        new Unavailable(
            person ? Cause.MISCONFIGURED : Cause.OUTAGE,
            "ClickHouse answered %d, error %s".formatted(status, what),
            Optional.empty()));
  }

  private static Optional<String> find(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
