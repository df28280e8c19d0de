package io.pulsegate.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.json.JsonValue.JsonArray;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JsonValueTest {
  private static JsonObject object(String json) {
    return (JsonObject) JsonValue.parse(json);
  }

  @Test
  void writesBackWhatItReadWithEveryDigit() {
    String json =
        "{\"b\":1.10,\"a\":[1e400,-0,12345678901234567890,true,false,null,{}],\"ü\":\"\\\"\\n☃\"}";
    assertThat(JsonValue.parse(" " + json + " ").json()).isEqualTo(json);
  }

  @Test
  void theLastOfTwoNamesCounts() {
    assertThat(object("{\"a\":1,\"a\":2}").json()).isEqualTo("{\"a\":2}");
  }

  @Test
  void changesAtAPathLeaveTheOriginalAlone() {
    JsonObject before = object("{\"a\":{\"b\":1},\"c\":2}");
    assertThat(before.withAt("a.b", new JsonText("x")).json())
        .isEqualTo("{\"a\":{\"b\":\"x\"},\"c\":2}");
    assertThat(before.withAt("c.d.e", JsonNumber.of(3)).json())
        .isEqualTo("{\"a\":{\"b\":1},\"c\":{\"d\":{\"e\":3}}}");
    assertThat(before.withoutAt("a.b").json()).isEqualTo("{\"a\":{},\"c\":2}");
    assertThat(before.withoutAt("a.x.y").json()).isEqualTo(before.json());
    assertThat(before.at("a.b")).contains(JsonNumber.of(1));
    assertThat(before.at("c.b")).isEmpty();
    assertThat(before.json()).isEqualTo("{\"a\":{\"b\":1},\"c\":2}");
  }

  @Test
  void refusesWhatTheScannerRefuses() {
    assertThatThrownBy(() -> JsonValue.parse("{\"a\":01}")).isInstanceOf(JsonException.class);
    assertThatThrownBy(() -> JsonValue.parse("1 2")).isInstanceOf(JsonException.class);
    assertThat(new JsonArray(List.of(new JsonText("\ud800"))).json()).isEqualTo("[\"\ufffd\"]");
  }
}
