package io.pulsegate.server.tenants;

import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;

/// A tenant's way into a sink that leaves a mark while it is at an event.
///
/// @param name of lane and sink
record MarkedTransform(Transform way, String name, CrashMarks marks) implements Transform {
  @Override
  public Verdict apply(TransformEvent event) {
    long key = CrashMarks.key(name, event.received().eventId());
    if (marks.endsTheProcess(key)) {
      return new Verdict.Fail(
          "transform_ended_process",
          "the process ended three times while its transforms were at it",
          false);
    }
    int place = marks.begin(key);
    try {
      return way.apply(event);
    } finally {
      marks.done(place);
    }
  }

  @Override
  public void close() {
    way.close();
  }
}
