package io.pulsegate.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1000000, 1000000",
    "512k, 524288",
    "64MiB, 67108864",
    "64 mb, 67108864",
    "64m, 67108864",
    "10 B, 10",
    "2g, 2147483648",
    "1TiB, 1099511627776",
    "' 3 KiB ', 3072"
  })
  void readsSizes(String text, long bytes) {
    assertThat(Setting.parseSize(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "-1",
        "1.5m",
        "10 q",
        "10i",
        "10ib",
        "1 m b",
        "99999999999999999t",
        "12345678901234567890"
      })
  void refusesOtherSizes(String text) {
    assertThatThrownBy(() -> Setting.parseSize(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "250ms, PT0.25S",
    "10s, PT10S",
    "5m, PT5M",
    "1h30m, PT1H30M",
    "2d, PT48H",
    "1.5s, PT1.5S",
    "3us, PT0.000003S",
    "7ns, PT0.000000007S",
    "0, PT0S",
    "PT15M, PT15M",
    "P1DT1H, PT25H",
    "' 10s ', PT10S"
  })
  void readsDurations(String text, Duration expected) {
    assertThat(Setting.parseDuration(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10", "s", "-5s", "10 s", "10sx", "1h 30m", "PX", "1e3s", "999999999999d"})
  void refusesOtherDurations(String text) {
    assertThatThrownBy(() -> Setting.parseDuration(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\"");
  }

  @Test
  void readsWholeNumbersWithinTheirBounds() {
    Setting<Integer> setting = Setting.integer("workers", 1, 8, "How many.");
    assertThat(setting.parse(" 8 ")).isEqualTo(8);
    for (String bad : new String[] {"0", "9", "1.5", "x", "", "99999999999"}) {
      assertThatThrownBy(() -> setting.parse(bad))
          .hasMessage("must be a whole number from 1 to 8, was \"" + bad + "\"");
    }
  }

  @Test
  void readsBooleans() {
    Setting<Boolean> setting = Setting.bool("strict", "Whether.");
    assertThat(setting.parse("true")).isTrue();
    assertThat(setting.parse(" FALSE ")).isFalse();
    assertThatThrownBy(() -> setting.parse("yes")).hasMessageContaining("true or false");
  }

  @Test
  void readsOneOfSeveralChoices() {
    Setting<Durability> setting = Setting.choice("durability", Durability.class, "How safe.");
    assertThat(setting.choices()).containsExactly("memory", "disk");
    assertThat(setting.parse("Disk")).isEqualTo(Durability.DISK);
    assertThatThrownBy(() -> setting.parse("tape"))
        .hasMessage("must be one of memory, disk, was \"tape\"");
  }

  @Test
  void readsAddresses() {
    Setting<URI> setting = Setting.uri("endpoint", "Where.");
    assertThat(setting.parse("https://example.com/x")).hasHost("example.com");
    assertThatThrownBy(() -> setting.parse("a b")).hasMessageContaining("must be a URI");
  }

  @Test
  void neverTellsASecret() {
    Setting<Integer> setting = Setting.integer("pin", 0, 9999, "The pin.").asSecret();
    assertThat(setting.isSecret()).isTrue();
    assertThatThrownBy(() -> setting.parse("hunter2"))
        .hasNoCause()
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void checksItsDefault() {
    Setting<Integer> setting = Setting.integer("workers", 1, 8, "How many.");
    assertThatThrownBy(() -> setting.orElse("9")).isInstanceOf(IllegalArgumentException.class);
    assertThat(setting.isRequired()).isTrue();
    assertThat(setting.orElse("4").isRequired()).isFalse();
    assertThat(setting.orElse("4").defaultText()).contains("4");
    assertThat(setting.asOptional().isRequired()).isFalse();
  }

  @Test
  void findsValuesByNameAndNamesTheFaulty() {
    Setting<Integer> workers = Setting.integer("workers", 1, 8, "How many.").orElse("4");
    Setting<Long> memory = Setting.size("memory", "How much.");
    Settings settings = new Settings(Map.of("workers", "2"));
    Settings wrong = new Settings(Map.of("workers", "many", "memory", "some"));

    assertThat(settings.get(workers)).isEqualTo(2);
    assertThat(new Settings(Map.of()).get(workers)).isEqualTo(4);
    assertThat(settings.find(memory)).isEmpty();
    assertThatThrownBy(() -> settings.get(memory)).hasMessage("memory is missing");
    assertThatThrownBy(() -> wrong.get(workers)).hasMessageStartingWith("workers must be");
    assertThatThrownBy(() -> wrong.find(memory)).hasMessageStartingWith("memory must be");
  }
}
