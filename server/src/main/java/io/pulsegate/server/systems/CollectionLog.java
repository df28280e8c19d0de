package io.pulsegate.server.systems;

import io.pulsegate.api.Outcome;
import io.pulsegate.api.Tenant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The lines that users of the Collection API look for, with the same words and fields beside them;
/// at most ten of a kind a second, how many were left out stands in the next one. Any thread.
public final class CollectionLog {
  private static final System.Logger LOG = System.getLogger(CollectionLog.class.getName());

  private final Limit batches = new Limit();
  private final Limit inserts = new Limit();
  private final Limit domains = new Limit();

  /// A domain was attributed anew.
  public void authorised(String domain, String client) {
    if (domains.allows()) {
      LOG.log(
          System.Logger.Level.INFO,
          "Domain {0} authorized for client {1} domain={0} client_id={1} suppressed={2}",
          domain,
          client,
          domains.suppressed());
    }
  }

  /// A domain was not let in.
  public void refused(String domain, String reason) {
    if (domains.allows()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Domain {0} not authorized domain={0} reason={1} suppressed={2}",
          domain,
          reason,
          domains.suppressed());
    }
  }

  /// A request was stored.
  void stored(Outcome outcome, int total, int refused, Tenant tenant, String site) {
    if (!(outcome instanceof Outcome.Accepted)) {
      return;
    }
    String client = tenant.id().value();
    if (total > 1 && batches.allows()) {
      LOG.log(
          System.Logger.Level.INFO,
          "Processing batch with {0} individual events for client {1} eventType=batch events={0} client_id={1} suppressed={2}",
          Integer.toString(total - 1),
          client,
          batches.suppressed());
    }
    if (inserts.allows()) {
      LOG.log(
          System.Logger.Level.INFO,
          "Bulk inserted {0} events for client {1} from site {2} events={0} client_id={1} site={2} suppressed={3}",
          Integer.toString(total - refused),
          client,
          site,
          inserts.suppressed());
    }
  }

  private static final class Limit {
    private static final int LINES_PER_SECOND_MAX = 10;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final AtomicLong second = new AtomicLong(Long.MIN_VALUE);
    private final AtomicInteger lines = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();

    boolean allows() {
      long now = System.nanoTime() / NANOS_PER_SECOND;
      if (second.getAndSet(now) != now) {
        lines.set(0);
      }
      if (lines.incrementAndGet() <= LINES_PER_SECOND_MAX) {
        return true;
      }
      left.incrementAndGet();
      return false;
    }

    String suppressed() {
      return Integer.toString(left.getAndSet(0));
    }
  }
}
