package io.pulsegate.bench.scenario;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.EmbeddedLog;
import io.pulsegate.core.IngestionLog.AppendCompletion;
import io.pulsegate.log.Admitted;
import io.pulsegate.log.Refusal;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Fills a log with blocks of events whose ids are numbers.
final class IdFiller {
  private static final int BLOCKS_IN_FLIGHT = 64;

  private IdFiller() {}

  /// Appends so many bytes of payload.
  static void fill(EmbeddedLog log, long bytes) throws IOException, InterruptedException {
    var blocks = new IdBlocks(new LaneKey(new TenantId("tenant"), 1));
    var room = new Semaphore(BLOCKS_IN_FLIGHT);
    var completion = new Counted(room);
    long id = 0;
    while (log.totals(0).bytes() < bytes) {
      room.acquire();
      if (!log.append(blocks.lane(), Optional.empty(), blocks.from(id), completion)) {
        throw new IOException("the log takes no more: " + log.state());
      }
      id += IdBlocks.EVENTS;
    }
    room.acquire(BLOCKS_IN_FLIGHT);
  }

  private record Counted(Semaphore room) implements AppendCompletion {
    @Override
    public Admitted admit(EventBlock block, long firstOffset) {
      return new Admitted(block.count(), block.sizeBytes());
    }

    @Override
    public void durable(int partition, long firstOffset, long receivedAtMicros) {
      room.release();
    }

    @Override
    public void refused(Refusal reason) {
      room.release();
    }
  }
}
