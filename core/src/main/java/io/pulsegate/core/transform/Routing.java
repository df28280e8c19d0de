package io.pulsegate.core.transform;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Transform;
import java.util.Optional;

/// What each tenant's events go through on their way to each sink, as configured now.
public interface Routing {
  /// Everything goes to every sink as it was accepted.
  Routing DIRECT = (_, _) -> Optional.empty();

  /// The tenant's way to the sink; empty where its events go there as they were accepted. The same
  /// object as long as nothing of it was changed. Any thread.
  Optional<Transform> wayOf(LaneKey lane, String sink);
}
