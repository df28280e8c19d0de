package io.pulsegate.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonNamesTest {

  private static int find(JsonNames names, String name) {
    byte[] exact = name.getBytes(UTF_8);
    byte[] inside = ("zzz" + name + "\"zzzzzzzz").getBytes(UTF_8);
    int found = names.indexOf(exact, 0, exact.length);
    assertThat(names.indexOf(inside, 3, 3 + exact.length)).isEqualTo(found);
    return found;
  }

  @Test
  void findsNamesThatDifferInOneByteOnly() {
    List<String> list = new ArrayList<>();
    for (int length = 0; length < 40; length++) {
      list.add("n".repeat(length));
      for (int place = 0; place < length; place++) {
        list.add("n".repeat(place) + "ü" + "n".repeat(length - place - 1));
      }
    }
    JsonNames even = JsonNames.of(every(list, 0).toArray(String[]::new));
    for (int i = 0; i < list.size(); i++) {
      assertThat(find(even, list.get(i))).as(list.get(i)).isEqualTo(i % 2 == 0 ? i / 2 : -1);
    }
  }

  private static List<String> every(List<String> list, int remainder) {
    List<String> result = new ArrayList<>();
    for (int i = remainder; i < list.size(); i += 2) {
      result.add(list.get(i));
    }
    return result;
  }

  @Test
  void findsNothingAmongNoNames() {
    assertThat(find(JsonNames.of(), "a")).isEqualTo(-1);
    assertThat(find(JsonNames.of(), "")).isEqualTo(-1);
  }

  @Test
  void doesNotTakeZeroBytesForTheEndOfAName() {
    assertThat(find(JsonNames.of("a"), "a\0")).isEqualTo(-1);
    assertThat(find(JsonNames.of("a\0", "a"), "a")).isEqualTo(1);
  }

  @Test
  void refusesANameGivenTwice() {
    assertThatIllegalArgumentException().isThrownBy(() -> JsonNames.of("a", "b", "a"));
  }
}
