package io.pulsegate.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The bounds of numeric, as PostgreSQL 18 answers to `SELECT '...'::jsonb`. `{n}` stands for n
/// nines, `(n)` for n zeros.
class NumbersTest {
  private static final Pattern NINES = Pattern.compile("\\{(\\d+)}");
  private static final Pattern ZEROS = Pattern.compile("\\((\\d+)\\)");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "0.0",
        "{131072}",
        "-{131072}",
        "1e131071",
        "-1E+131071",
        "0.1e131072",
        "0.001e131074",
        "12.5e131070",
        "1e-16383",
        "0.{16383}",
        "1.(16383)",
        "{131072}.{16383}",
        "0e1073741823",
        "0e-16383",
        "0.0e-16382",
        "10e-16383",
        "1e0000000000000000000005",
        "0.5e-5",
        "0.(10000)1e131072",
        "100e-16383"
      })
  void fitsNumeric(String number) {
    assertThat(exceeds(number)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{131073}",
        "-{131073}",
        "1e131072",
        "0.1e131073",
        "12.5e131071",
        "1e-16384",
        "1.5e-16383",
        "0.{16384}",
        "1.(16384)",
        "0e-16384",
        "0.0e-16383",
        "1e1073741824",
        "0e1073741824",
        "1e99999999999999999999",
        "-1e-99999999999999999999",
        "0e99999999999999999999"
      })
  void exceedsNumeric(String number) {
    assertThat(exceeds(number)).isTrue();
  }

  private static boolean exceeds(String number) {
    byte[] bytes = expand(number).getBytes(UTF_8);
    boolean exceeds = Numbers.exceedsNumeric(bytes, 0, bytes.length);
    var scanner = new JsonScanner(new JsonLimits(1, 1, 1_000_000));
    scanner.reset(bytes, 0, bytes.length);
    scanner.end();
    assertThat(scanner.flags()).isEqualTo(exceeds ? JsonFlags.BIG_NUMBER : 0);
    return exceeds;
  }

  private static String expand(String number) {
    String nines = NINES.matcher(number).replaceAll(n -> "9".repeat(Integer.parseInt(n.group(1))));
    return ZEROS.matcher(nines).replaceAll(n -> "0".repeat(Integer.parseInt(n.group(1))));
  }
}
