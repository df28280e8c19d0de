package io.pulsegate.log;

import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Remembers why the log is finished and tells its owner once, on a thread of its own.
final class FailureReport {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.log");

  private volatile @Nullable LogException failure;
  private @Nullable Consumer<LogException> handler;
  private boolean due;

  @Nullable LogException failure() {
    return failure;
  }

  void failed(Throwable cause, long endOffset) {
    failure =
        new LogException(
            LogException.Code.IO_FAILED,
            "The log could not go on writing (%s). Nothing at or after offset %d was acknowledged; what waited was refused. The log takes nothing more: look at the disk, then start again, which recovers."
                .formatted(cause, endOffset),
            cause);
  }

  synchronized void onFailure(Consumer<LogException> handler) {
    this.handler = handler;
    call();
  }

  synchronized void report() {
    due = true;
    call();
  }

  private void call() {
    LogException reported = failure;
    Consumer<LogException> told = handler;
    if (due && told != null && reported != null) {
      due = false;
      Thread.ofPlatform().name("pulsegate-log-failure").start(() -> told.accept(reported));
    } else if (due) {
      LOGGER.log(Level.ERROR, "the log has failed and nobody has asked to be told", reported);
    }
  }
}
