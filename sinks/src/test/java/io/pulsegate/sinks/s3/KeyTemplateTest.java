package io.pulsegate.sinks.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTemplateTest {
  private static final Instant TIME = Instant.parse("2026-03-10T07:08:09.999Z");
  private static final Chunk.Head HEAD = new Chunk.Head("", 17, 4711, 1773126489_999_000L);

  @Test
  void fillsEveryPart() {
    var template =
        new KeyTemplate(
            "x/{tenant}/{type}/{date}/{year}-{month}-{day}/{hour}/{time}_{first}-{last}.{ext}");
    String group = template.group("acme", "page view/../é", TIME);

    assertThat(KeyTemplate.key(HEAD, group, "ndjson.gz"))
        .isEqualTo(
            "x/acme/page_view_____/2026-03-10/2026-03-10/07/20260310_070809_17-4711.ndjson.gz");
  }

  @Test
  void namesObjectsAsTheCollectionApiDid() {
    var raw =
        new KeyTemplate("raw-events/{year}/{month}/{day}/raw_export_{time}_{first}-{last}.json");

    assertThat(KeyTemplate.key(HEAD, raw.group("a", "t", TIME), "json"))
        .isEqualTo("raw-events/2026/03/10/raw_export_20260310_070809_17-4711.json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{tenant}.json",
        "{first}-{last}",
        "{time}",
        "{time}-{first}-{payload}",
        "/{time}-{first}",
        "a/../{time}-{first}",
        "a b/{time}-{first}",
        "a{/{time}-{first}",
        "ü/{time}-{first}"
      })
  void refusesWhatCouldNameTwoObjectsAlikeOrLeadElsewhere(String text) {
    assertThatThrownBy(() -> new KeyTemplate(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
