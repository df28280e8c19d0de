package io.pulsegate.sim;

import io.pulsegate.bench.load.EventShape;
import java.nio.file.Path;
import java.util.List;

/// What a sink of a server under test delivers into: a real one, whose way can be cut.
interface Destination extends AutoCloseable {
  /// The sink's type and settings, a line each.
  String settings();

  /// From now on it cannot be reached.
  void leave();

  /// It can be reached again.
  void comeBack();

  /// The ids of the events that it has, in the order it gives them.
  List<String> ids() throws Exception;

  /// What is sent to it.
  default EventShape events() {
    return EventShape.DEFAULT;
  }

  /// Whether nothing of what the sink calls delivered is still under way.
  ///
  /// @param folder of the sink in the data folder
  default boolean hasAll(Path folder) {
    return true;
  }

  @Override
  void close();
}
