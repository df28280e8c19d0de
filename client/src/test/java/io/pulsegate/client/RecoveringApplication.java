package io.pulsegate.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/// An application that sends what its spool holds, and says what became of it.
final class RecoveringApplication {
  private RecoveringApplication() {}

  /// @param arguments endpoint, spool folder, bytes of the spool
  public static void main(String[] arguments) {
    var told = new AtomicBoolean();
    PulseClient client =
        PulseClient.builder(arguments[0])
            .apiKey("demo")
            .onError(error -> told.compareAndSet(false, error instanceof PulseError.SpoolTrouble))
            .spool(Path.of(arguments[1]), Long.parseLong(arguments[2]))
            .build();
    client.close(Duration.ofSeconds(30));
    PulseStats stats = client.stats();
    System.out.println(
        "recovered %d, delivered %d, told %s"
            .formatted(stats.recovered(), stats.delivered(), told.get()));
  }
}
