package io.pulsegate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void namesItsScenarios() {
    assertThat(execute("--list")).isZero();
    assertThat(out.toString().lines().map(line -> line.split(" ", 2)[0]))
        .containsExactly(
            "ingest",
            "deliver",
            "targets",
            "neighbours",
            "tenants",
            "outage",
            "dialects",
            "log",
            "log-steps",
            "recovery",
            "duplicates",
            "track");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--json | which scenario? There are: ingest, deliver, targets, neighbours",
        "everything | no scenario 'everything'. There are: ingest",
        "ingest --seconds 0 | --seconds must be above 0",
        "ingest --server no-such-script | name it with --server"
      })
  void saysWhatIsWrongWithItsArguments(String arguments, String message) {
    assertThat(execute(arguments)).isEqualTo(Main.USAGE);
    assertThat(err.toString()).contains(message).contains("Try: pulsegate bench --help");
  }

  private int execute(String arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(("bench " + arguments).split(" "));
  }
}
