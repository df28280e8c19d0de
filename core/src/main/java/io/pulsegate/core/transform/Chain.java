package io.pulsegate.core.transform;

import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.api.Verdict.Drop;
import io.pulsegate.api.Verdict.Fail;
import io.pulsegate.api.Verdict.Keep;
import io.pulsegate.api.Verdict.Split;
import java.util.ArrayList;
import java.util.List;

/// Transforms one after another. Of the parts of a split each goes on by itself: those that are
/// dropped are left out, and one that fails fails the event.
public final class Chain implements Transform {
  /// One transform of the chain.
  ///
  /// @param name as the configuration has it, for reasons of failures
  public record Link(String name, Transform transform) {}

  private final List<Link> links;

  public Chain(List<Link> links) {
    this.links = List.copyOf(links);
  }

  @Override
  public Verdict apply(TransformEvent event) {
    return from(0, event);
  }

  private Verdict from(int first, TransformEvent event) {
    TransformEvent now = event;
    for (int i = first; i < links.size(); i++) {
      Link link = links.get(i);
      switch (apply(link, now)) {
        case Keep(TransformEvent kept) -> now = kept;
        case Split(List<TransformEvent> parts) -> {
          return join(i + 1, parts);
        }
        case Drop drop -> {
          return drop;
        }
        case Fail(String code, String reason, boolean retryable) -> {
          return new Fail(code, link.name() + ": " + reason, retryable);
        }
      }
    }
    return new Keep(now);
  }

  private static Verdict apply(Link link, TransformEvent event) {
    try {
      return link.transform().apply(event);
    } catch (RuntimeException e) {
      return new Fail("transform_threw", "it threw " + e.getClass().getName(), false);
    }
  }

  private Verdict join(int next, List<TransformEvent> parts) {
    var kept = new ArrayList<TransformEvent>();
    Verdict last = new Drop("split_into_nothing");
    for (TransformEvent part : parts) {
      Verdict verdict = from(next, part);
      switch (verdict) {
        case Keep(TransformEvent event) -> kept.add(event);
        case Split(List<TransformEvent> events) -> kept.addAll(events);
        case Drop _ -> last = verdict;
        case Fail _ -> {
          return verdict;
        }
      }
    }
    return kept.isEmpty() ? last : new Split(kept);
  }

  @Override
  public void close() {
    links.forEach(link -> link.transform().close());
  }
}
