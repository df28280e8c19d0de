package io.pulsegate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--batch 0 | batch must be 1 to 10,000, was 0",
        "--connections 0 | connections must be 1 to 50,000, was 0",
        "--threads 2 --connections 1 | threads must be 1 to the number of connections",
        "--rate -5 | rate must not be negative, was -5",
        "--seconds 0 | --seconds must be above 0, was 0",
        "--events 0 | events must be at least 1, was 0",
        "--poison-every -1 | poison-every must not be negative",
        "--shape round | round",
        "--url https://example.org | must begin with http://",
        "--sink duckdb | belong to --verify",
        "--verify acks | --verify needs --sink duckdb or --sink postgres",
        "--verify acks --sink postgres --database-url= | needs --database-url or DATABASE_URL",
        "--nonsense | --nonsense"
      })
  void saysWhatIsWrongWithItsArguments(String arguments, String message) {
    assertThat(execute(arguments)).isEqualTo(Main.USAGE);
    assertThat(err.toString()).contains(message).contains("Try: pulsegate load --help");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void saysThatNothingAnswers() throws Exception {
    int freePort;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      freePort = socket.getLocalPort();
    }
    assertThat(execute("--seconds 1 --url http://127.0.0.1:" + freePort)).isEqualTo(Main.USAGE);
    assertThat(err.toString())
        .contains("Nothing answers at http://127.0.0.1:" + freePort + "/v1/events")
        .contains("pulsegate serve");
  }

  @Test
  void saysThatTheDataFolderIsNotThere() {
    assertThat(execute("--verify pom.xml --sink duckdb --data no-such-folder"))
        .isEqualTo(Main.USAGE);
    assertThat(err.toString()).contains("no-such-folder");
  }

  private int execute(String arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(("load " + arguments).split(" "));
  }
}
