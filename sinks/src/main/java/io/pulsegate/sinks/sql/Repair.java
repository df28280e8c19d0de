package io.pulsegate.sinks.sql;

import io.pulsegate.api.EventCursor;
import io.pulsegate.api.EventFlag;
import io.pulsegate.json.JsonRepair;

/// The rule for payloads that a database cannot query: the payload column gets the text as
/// [JsonRepair] mends it, and the bytes as they were sent go into a column of their own.
public final class Repair {
  private static final int SCANNER_SHIFT = Integer.numberOfTrailingZeros(EventFlag.HAS_NUL);

  private Repair() {}

  /// Whether the event the cursor stands on is one of them.
  public static boolean isNeeded(EventCursor event) {
    return (event.flags() & EventFlag.NEEDS_REPAIR) != 0;
  }

  /// The mended payload of the event the cursor stands on.
  public static byte[] mend(EventCursor event) {
    int from = event.payloadFrom();
    return JsonRepair.repair(
        event.block().bytes(),
        from,
        from + event.payloadLength(),
        (event.flags() & EventFlag.NEEDS_REPAIR) >> SCANNER_SHIFT);
  }
}
