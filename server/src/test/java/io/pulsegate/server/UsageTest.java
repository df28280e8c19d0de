package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class UsageTest {
  private static String err(String... arguments) {
    var err = new StringWriter();
    int exit = Main.commandLine().setErr(new PrintWriter(err, true)).execute(arguments);
    assertThat(exit).isEqualTo(2);
    return err.toString();
  }

  @Test
  void namesTheNearestCommandAndFlag() {
    assertThat(err("servee"))
        .startsWith("pulsegate: there is no command servee; did you mean serve?")
        .contains("pulsegate --help");
    assertThat(err("bnech")).contains("did you mean bench?");
    assertThat(err("xyzzy")).contains("serve, check, migrate, sql, ");
    assertThat(err("serve", "--prot", "1"))
        .startsWith("pulsegate: there is no flag --prot; did you mean --port?")
        .contains("pulsegate serve --help");
    assertThat(err("check", "it")).contains("\"it\" stands where nothing is expected");
    assertThat(err("serve", "--port")).startsWith("pulsegate: ");
    assertThat(err("sink", "--help"))
        .startsWith("pulsegate: there is no command sink; did you mean sinks?");
    assertThat(err("dlq", "redrife", "--help"))
        .startsWith("pulsegate: there is no command redrife; did you mean redrive?");
  }

  @Test
  void speaksOfFlagsWhereTheServerSpeaksOfJson() {
    assertThat(err("dlq", "discard", "--tenant", "shop")).contains("--all").doesNotContain("true");
  }

  @Test
  void describesEveryCommandInAWholeSentence() {
    Main.commandLine()
        .getSubcommands()
        .forEach((name, command) ->
            assertThat(command.getCommandSpec().usageMessage().description()[0])
                .as(name)
                .endsWith("."));
  }
}
