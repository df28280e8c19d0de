package io.pulsegate.client;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/// An application that tracks as fast as it can and writes down each id that was taken. It is
/// killed by the test that starts it.
final class SpoolingApplication {
  private SpoolingApplication() {}

  /// @param arguments endpoint, spool folder, file for the ids, prefix of the ids
  public static void main(String[] arguments) throws IOException {
    PulseClient client =
        PulseClient.builder(arguments[0])
            .apiKey("demo")
            .flushInterval(Duration.ofMillis(10))
            .retry(Duration.ofMillis(10), Duration.ofMillis(100))
            .onError(error -> {})
            .spool(Path.of(arguments[1]), 32 << 20)
            .build();
    try (var taken = new FileOutputStream(arguments[2], true)) {
      for (int i = 0; ; i++) {
        String id = arguments[3] + i;
        if (client.track(PulseEvent.of("from an application").id(id).with("i", i))) {
          taken.write((id + "\n").getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }
}
