package io.pulsegate.server.admin;

import io.pulsegate.api.Bytes;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.config.Problem;
import io.pulsegate.server.tenants.Result;
import java.util.List;
import java.util.function.Function;

/// Answers of the admin API.
final class Replies {
  private Replies() {}

  static PageReply page(int status, JsonWriter json) {
    return PageReply.json(status, Bytes.of(json.newLine().toByteArray()));
  }

  static PageReply error(int status, String message) {
    return error(status, message, List.of());
  }

  private static PageReply error(int status, String message, List<Problem> problems) {
    var json = new JsonWriter().beginObject().name("error").beginObject();
    json.field("message", message);
    if (!problems.isEmpty()) {
      json.name("problems").beginArray();
      problems.forEach(problem -> json.value(problem.toString()));
      json.endArray();
    }
    return page(status, json.endObject().endObject());
  }

  /// What came of a change.
  ///
  /// @param status where it was made
  static <T> PageReply of(Result<T> result, int status, Function<T, JsonWriter> json) {
    return switch (result) {
      case Result.Done<T>(T value) -> page(status, json.apply(value));
      case Result.Missing<T>(String reason) -> error(404, reason);
      case Result.Conflict<T>(String reason) -> error(409, reason);
      case Result.Invalid<T>(List<Problem> problems) ->
          error(
              422,
              "nothing was changed: "
                  + String.join("; ", problems.stream().map(Problem::toString).toList()),
              problems);
      case Result.Unavailable<T>(String reason) -> error(503, reason);
    };
  }
}
