package io.pulsegate.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.bench.scenario.Table.Column;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadingTest {
  @TempDir Path folder;

  @Test
  void addsUserAndSystemTimeOfAProcessWithAnAwkwardName() {
    var stat = "42 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 250 50 11 12 20 0 1 0 99 1000 10";
    assertThat(ProcessStats.cpuMicros(stat)).isEqualTo(3_000_000);
  }

  @Test
  void readsSizesInMib() {
    var status = "Name:\tjava\nVmHWM:\t  524288 kB\nVmRSS:\t  262144 kB\n";
    assertThat(ProcessStats.mib(status, "VmHWM:")).isEqualTo(512);
    assertThat(ProcessStats.mib(status, "VmRSS:")).isEqualTo(256);
    assertThat(ProcessStats.mib(status, "VmSwap:")).isNaN();
  }

  @Test
  void addsSamplesThatCarryTheLabels() {
    var metrics =
        new ServerProcess.Metrics(
            """
            # HELP pulsegate_stream_lag Live events.
            pulsegate_stream_lag{sink="a",tenant="x"} 3.0
            pulsegate_stream_lag{sink="a",tenant="y"} 4 1700000000
            pulsegate_stream_lag{sink="b",tenant="x"} 1.0E7
            pulsegate_stream_lag_other{sink="a"} 100
            pulsegate_plain 8
            """);
    assertThat(metrics.sum("pulsegate_stream_lag", Map.of("sink", "a"))).isEqualTo(7);
    assertThat(metrics.sum("pulsegate_stream_lag", Map.of())).isEqualTo(10_000_007);
    assertThat(metrics.sum("pulsegate_plain", Map.of())).isEqualTo(8);
    assertThat(metrics.sum("pulsegate_stream_lag", Map.of("sink", "c"))).isNaN();
  }

  @Test
  void alignsColumnsAndKeepsNumbersReadableByPrograms() {
    var table =
        new Table("t", List.of(new Column("what", "what", 0), new Column("events/s", "rate", 1)))
            .row("a \"b\"", 1234567.25)
            .row("longer name", Double.NaN)
            .row("c", 7);
    var text = new StringWriter();
    table.print(new PrintWriter(text, true));
    assertThat(text.toString().lines().toList())
        .containsExactly(
            "",
            "t",
            "  what            events/s",
            "  a \"b\"        1,234,567.3",
            "  longer name            -",
            "  c                    7.0");
    assertThat(table.json())
        .isEqualTo(
            "{\"title\":\"t\",\"rows\":[{\"what\":\"a \\\"b\\\"\",\"rate\":1234567.250},"
                + "{\"what\":\"longer name\",\"rate\":null},{\"what\":\"c\",\"rate\":7}]}");
  }

  @Test
  void measuresTheDeviceAndLeavesNothingBehind() throws Exception {
    var device = DeviceProbe.measure(folder);
    assertThat(device.commitP50Micros()).isPositive();
    assertThat(device.commitP99Micros()).isGreaterThanOrEqualTo(device.commitP50Micros());
    assertThat(device.durableMibPerSecond()).isPositive();
    assertThat(folder).isEmptyDirectory();
  }
}
