package io.pulsegate.ingress.http;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Reply;
import io.pulsegate.ingress.http.Exchange.Answer;
import io.pulsegate.json.JsonWriter;
import java.util.Map;

/// Answers that no dialect and no page gives.
final class Answers {
  private Answers() {}

  /// `{"error":{"code":…,"message":…}}` with the code's status.
  static Answer error(Code code, String message) {
    return error(code, message, Map.of());
  }

  static Answer error(Code code, String message, Map<String, String> headers) {
    JsonWriter json = new JsonWriter(128);
    json.beginObject().name("error").beginObject();
    json.field("code", code.text()).field("message", message);
    json.endObject().endObject();
    return new Answer(code.status(), "application/json", headers, Bytes.of(json.toByteArray()));
  }

  static Answer of(Reply reply) {
    return new Answer(reply.status(), reply.contentType(), reply.headers(), reply.body());
  }

  static Answer of(PageReply reply) {
    return new Answer(reply.status(), reply.contentType(), reply.headers(), reply.body());
  }

  static Answer internal() {
    return error(Code.INTERNAL_ERROR, "a fault in PulseGate; its log has the cause");
  }
}
