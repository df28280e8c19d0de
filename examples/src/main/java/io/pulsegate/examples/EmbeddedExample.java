package io.pulsegate.examples;

import io.pulsegate.client.PulseEvent;
import io.pulsegate.embedded.EmbeddedConfig;
import io.pulsegate.embedded.MemorySink;
import io.pulsegate.embedded.PulseGate;
import java.nio.file.Path;

/// PulseGate as a library: a store, a configuration, push, close.
final class EmbeddedExample {
  public static void main(String[] arguments) {
    var store = new MemorySink();
    var config = EmbeddedConfig.in(Path.of(arguments.length > 0 ? arguments[0] : "example-data"));
    try (var gate = PulseGate.embedded(config.sink("memory", store))) {
      var event = PulseEvent.of("page_view").with("name", "/home").with("value", 1);
      System.out.println(gate.push(event).join());
    }
    store.events().forEach(stored -> System.out.println(stored.payload()));
  }
}
