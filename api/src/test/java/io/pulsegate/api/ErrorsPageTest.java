package io.pulsegate.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Keeps `docs/reference/errors.md` true to [Code]. Run with `-Dupdate.docs=true` to write it anew.
class ErrorsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "reference", "errors.md");

  @Test
  void thePageListsTheCodesAsTheyAre() throws IOException {
    if (Boolean.getBoolean("update.docs")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page());
    }
    assertThat(PAGE)
        .as("docs/reference/errors.md; write it with ./build -pl api -Dupdate.docs=true")
        .exists()
        .content()
        .isEqualTo(page());
  }

  @Test
  void usesOnlyTheStatusesThatTheDocumentationNames() {
    Set<Integer> statuses =
        Set.of(400, 401, 403, 404, 405, 408, 413, 414, 415, 422, 429, 431, 500, 503);
    assertThat(Code.values()).extracting(Code::status).isSubsetOf(statuses);
  }

  private static String page() {
    String rows =
        Arrays.stream(Code.values())
            .map(code -> "| `%s` | %d | %s |".formatted(code.text(), code.status(), code.meaning()))
            .collect(Collectors.joining("\n"));
    return """
    # Errors

    <!-- Generated from the codes in the api module: ./build -pl api -Dupdate.docs=true -->

    A request that is refused as a whole is answered with the status below and

    ```json
    {"error":{"code":"bad_json","message":"expected ',' or ']', found '}' (at byte 57), line 3, column 9"}}
    ```

    Nothing of it is kept. A `429` or `503` brings `Retry-After`, in seconds: the same request may be
    sent again as it is.

    Two things are no errors: a duplicate whose payload differs (listed in `conflicts`) and a time that
    cannot be read or is absurd (replaced by the time of intake, the original kept). Both are described
    in [the native API](../native-api.md#an-event).

    Where only some events of a request are refused, the others are kept, the status is `200` (`202`
    at durability `memory`), and each refused event is listed with its index, counted from zero. Where
    all are refused, the answer has the same form and the status is `422`.

    ```json
    {"accepted":1,"duplicates":0,"rejected":[{"index":1,"code":"missing_event_type","reason":"event_type is missing or empty"}],"durability":"disk","position":{"partition":0,"offset":123}}
    ```

    The codes are stable: programs may act on them. The texts beside them are for people and may change.

    | Code | Status | Meaning |
    |---|---|---|
    %s
    """
        .formatted(rows);
  }
}
