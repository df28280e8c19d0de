package io.pulsegate.core.transform;

import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import java.lang.System.Logger.Level;

/// A way that can be replaced while it is used: **it is closed once, when nobody uses it any more,
/// and not used after that.** One that never comes back is never closed. Any thread.
public final class LeasedTransform implements Transform {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");

  private final Transform way;

  // Guarded by this.
  private int users;
  private boolean retired;

  public LeasedTransform(Transform way) {
    this.way = way;
  }

  /// Begins a use.
  ///
  /// @return false where it was replaced: ask for the present one
  synchronized boolean lease() {
    if (retired) {
      return false;
    }
    users++;
    return true;
  }

  /// Ends a use.
  void release() {
    boolean last;
    synchronized (this) {
      users--;
      last = retired && users == 0;
    }
    if (last) {
      end();
    }
  }

  @Override
  public Verdict apply(TransformEvent event) {
    return way.apply(event);
  }

  /// It was replaced: closes it, at once or after its last use. The first call counts.
  @Override
  public void close() {
    boolean idle;
    synchronized (this) {
      idle = !retired && users == 0;
      retired = true;
    }
    if (idle) {
      end();
    }
  }

  private void end() {
    try {
      way.close();
    } catch (RuntimeException | Error e) {
      LOGGER.log(Level.WARNING, "a transform threw when it was closed", e);
    }
  }
}
