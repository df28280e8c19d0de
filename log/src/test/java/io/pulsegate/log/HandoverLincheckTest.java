package io.pulsegate.log;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/// The lock-free hand-over to the committer under a model checker: every result of every
/// interleaving it tries must be one that [Sequential] gives too. Forbidden, in words: an append
/// that was taken twice or never, taken out of order, taken though its push said no, or refused
/// before the close; a push that succeeds after the close.
///
/// Public, as Lincheck wants it.
public class HandoverLincheckTest {
  private static final TestAppend APPEND = TestAppend.of("lane", "");

  private final Handover handover = new Handover();

  @Operation
  public boolean push(@Param(gen = IntGen.class) int number) {
    return handover.push(new PendingAppend(APPEND, "lane", number, 0, 1));
  }

  /// The committer is one thread.
  @Operation(nonParallelGroup = "committer")
  public List<Integer> takeAll() {
    var taken = new ArrayList<Integer>();
    for (PendingAppend p = handover.takeAll(); p != null; p = p.next) {
      taken.add(p.bodyBytes);
    }
    return taken;
  }

  @Operation
  public void close() {
    handover.close();
  }

  @Operation
  public boolean isClosed() {
    return handover.isClosed();
  }

  @Test
  void everyInterleavingIsOneOfAListThatCloses() {
    new ModelCheckingOptions()
        .iterations(8)
        .invocationsPerIteration(500)
        .threads(3)
        .actorsPerThread(3)
        .sequentialSpecification(Sequential.class)
        .check(HandoverLincheckTest.class);
  }

  /// What the hand-over is, one call at a time.
  public static final class Sequential {
    private final List<Integer> waiting = new ArrayList<>();
    private boolean closed;

    public boolean push(int number) {
      return !closed && waiting.add(number);
    }

    public List<Integer> takeAll() {
      var taken = new ArrayList<>(waiting);
      waiting.clear();
      return taken;
    }

    public void close() {
      closed = true;
    }

    public boolean isClosed() {
      return closed;
    }
  }
}
