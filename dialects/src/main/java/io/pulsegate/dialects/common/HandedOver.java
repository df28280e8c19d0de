package io.pulsegate.dialects.common;

import io.pulsegate.api.Refusal;
import java.util.List;

/// Intake counts the events that were handed to it; a reply counts those of the request.
public final class HandedOver {
  private HandedOver() {}

  /// Indexes in the request of events that intake names by their place among those handed over.
  ///
  /// @param total events of the request
  /// @param refusals those not handed over, in the order of the request
  public static int[] indexes(int total, List<Refusal> refusals, List<Integer> places) {
    int[] handedOver = new int[total - refusals.size()];
    int refused = 0;
    for (int index = 0; index < total; index++) {
      if (refused < refusals.size() && refusals.get(refused).index() == index) {
        refused++;
      } else {
        handedOver[index - refused] = index;
      }
    }
    return places.stream().mapToInt(place -> handedOver[place]).toArray();
  }
}
