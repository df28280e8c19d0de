package io.pulsegate.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A wire format: a pure function from a request to events, and from an outcome to a reply.
///
/// Made by a [DialectFactory]. Called from many threads at once, event loops among them: no state,
/// no I/O, no blocking.
public interface Dialect {
  /// The name that stands in the canonical event.
  String name();

  /// Where it is served. Several dialects may share an endpoint: see [#recognises].
  List<Endpoint> endpoints();

  /// Whether a body is written in this format. Asked only where dialects share an endpoint: the
  /// first that recognises it reads it, the last one is not asked.
  default boolean recognises(RequestHead head, Bytes body) {
    return true;
  }

  /// Whom the head says the request is from; empty where only the body can tell.
  default Optional<Sender> sender(RequestHead head) {
    return Optional.of(Credentials.of(head).<Sender>map(Sender.Key::new).orElse(NOBODY));
  }

  /// Whom the body says the request is from, where the head does not; [Sender.Unnamed] also for a
  /// body that cannot be read.
  default Sender sender(RequestHead head, Bytes body) {
    return NOBODY;
  }

  /// Reads a body into the writers. Of a request that is malformed nothing is kept.
  ///
  /// @param body the inflated body; shared
  Parsed parse(RequestHead head, Bytes body, Writers out);

  /// The answer to a request that was turned away as a whole, anywhere from its head to the log.
  ///
  /// @param retryAfter when to come again; zero where that is not known
  Reply refuse(Code code, String reason, Duration retryAfter);

  /// A method and an exact path, such as `POST /v1/events`.
  record Endpoint(String method, String path) {}

  /// What was read.
  sealed interface Parsed {
    /// The request was understood; single events may have been refused.
    ///
    /// @param total events in the request, refused ones included
    /// @param refusals in the order of the request
    /// @param discarded those of the refused events that are to be kept as dead letters, durable
    ///   before anything is answered
    /// @param answer makes the reply
    record Events(int total, List<Refusal> refusals, List<Discarded> discarded, Answer answer)
        implements Parsed {
      public Events {
        refusals = List.copyOf(refusals);
        discarded = List.copyOf(discarded);
      }

      /// The same without dead letters.
      public Events(int total, List<Refusal> refusals, Answer answer) {
        this(total, refusals, List.of(), answer);
      }
    }

    /// The request makes no sense as a whole; nothing of it is kept.
    record Malformed(Code code, String reason) implements Parsed {}
  }

  /// From what intake decided to what the client is told. Any thread.
  @FunctionalInterface
  interface Answer {
    Reply to(Outcome outcome, Served served);
  }

  /// Nobody in particular.
  Sender NOBODY = new Sender.Unnamed();
}
