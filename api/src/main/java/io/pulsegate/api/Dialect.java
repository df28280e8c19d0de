package io.pulsegate.api;

import java.util.List;
import java.util.Optional;

/// A wire format: a pure function from a request to events, and from an outcome to a reply.
///
/// Made by a [DialectFactory]. Called from many threads at once, event loops among them: no state,
/// no I/O, no blocking.
public interface Dialect {
  /// The name that stands in the canonical event.
  String name();

  /// Where it is served.
  List<Endpoint> endpoints();

  /// The key that a request brings.
  default Optional<String> credential(RequestHead head) {
    return Credentials.of(head);
  }

  /// Reads a body into the writer. Of a request that is malformed nothing stays in it.
  ///
  /// @param body the inflated body; shared
  Parsed parse(RequestHead head, Bytes body, EventWriter out);

  /// The answer to events that intake has decided on.
  Reply reply(RequestHead head, Parsed.Events events, Outcome outcome);

  /// The answer to a request that failed as a whole, anywhere from its headers to its body.
  Reply refuse(Code code, String reason);

  /// A method and an exact path, such as `POST /v1/events`.
  record Endpoint(String method, String path) {}

  /// What was read.
  sealed interface Parsed {
    /// The request was understood; single events may have been refused.
    ///
    /// @param total events in the request, refused ones included
    /// @param refusals in the order of the request
    record Events(int total, List<Refusal> refusals) implements Parsed {
      public Events {
        refusals = List.copyOf(refusals);
      }
    }

    /// The request makes no sense as a whole; nothing of it is kept.
    record Malformed(Code code, String reason) implements Parsed {}
  }
}
