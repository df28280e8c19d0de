package io.pulsegate.api;

import java.util.Locale;

/// Why a request or an event was refused. The names are stable: clients may act on them, and
/// `docs/reference/errors.md` is generated from this list.
public enum Code {
  UNAUTHENTICATED(
      401,
      "No credential, more than one, or one that names no tenant. Send one: X-API-Key or Authorization: Bearer, once."),
  FORBIDDEN(403, "The credential is known but may not do this."),
  NOT_FOUND(404, "There is nothing at this path."),
  METHOD_NOT_ALLOWED(
      405, "The path exists, the method does not. The Allow header lists those that do."),
  URI_TOO_LONG(414, "The request line is longer than the server reads."),
  HEADERS_TOO_LARGE(431, "There are more or larger headers than the server reads."),
  INTERNAL_ERROR(
      500,
      "A fault in PulseGate; its log has the cause. Nothing of the request was acknowledged: send it again."),
  REQUEST_TIMEOUT(408, "The body did not arrive within its time. Nothing of it was kept."),
  BODY_TOO_LARGE(
      413, "The body is larger than the limit that the message names, as sent or inflated."),
  TOO_MANY_EVENTS(413, "The request holds more events than the limit that the message names."),
  UNSUPPORTED_ENCODING(
      415, "The Content-Encoding is none of identity, gzip and zstd, or names more than one."),
  UNSUPPORTED_TYPE(415, "The Content-Type is not one this endpoint reads."),
  BAD_ENCODING(400, "The body is not what its Content-Encoding says: truncated or damaged."),
  BAD_REQUEST(400, "The request's headers or parameters contradict each other or the protocol."),
  BAD_JSON(400, "The body is not valid JSON. The message names the byte."),
  BAD_UTF8(400, "The body is not valid UTF-8. The message names the byte."),
  TOO_DEEP(400, "The JSON is nested deeper than the limit that the message names."),
  EMPTY_REQUEST(400, "The request holds no event."),
  EXPECTED_OBJECT(422, "An event must be a JSON object."),
  MISSING_EVENT_TYPE(422, "The event has no event_type, or an empty one."),
  INVALID_FIELD(
      422, "An envelope field has the wrong type, is too long or holds control characters."),
  DUPLICATE_FIELD(422, "An envelope field stands twice in the event."),
  TENANT_MISMATCH(422, "The event names another tenant than the credential's."),
  EVENT_TOO_LARGE(422, "The event is larger than the limit that the message names."),
  THROTTLED(429, "The tenant is over one of its limits. Retry-After tells when to come again."),
  UNAVAILABLE(
      503,
      "The log cannot accept now. Nothing of the request was acknowledged; Retry-After tells when to come again."),
  STOPPING(503, "The server is shutting down. Nothing of the request was acknowledged.");

  private final int status;
  private final String meaning;

  Code(int status, String meaning) {
    this.status = status;
    this.meaning = meaning;
  }

  /// The HTTP status of a request refused for this reason alone.
  public int status() {
    return status;
  }

  /// What it means and what to do, in a sentence or two.
  public String meaning() {
    return meaning;
  }

  /// The code as it stands in replies, in lower case.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
