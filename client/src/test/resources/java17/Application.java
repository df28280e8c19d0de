import io.pulsegate.client.ApiCall;
import io.pulsegate.client.PulseClient;
import io.pulsegate.client.PulseEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** An application on Java 17. Compiled by the test that runs it, for that release. */
public final class Application {
  public static void main(String[] arguments) {
    for (boolean spooling : new boolean[] {false, true}) {
      AtomicInteger errors = new AtomicInteger();
      var builder =
          PulseClient.builder(arguments[0])
              .apiKey("demo")
              .flushInterval(Duration.ofMillis(10))
              .onError(error -> errors.incrementAndGet());
      if (spooling) {
        builder.spool(Path.of(arguments[1]), 32 << 20);
      }
      PulseClient client = builder.build();
      for (int i = 0; i < 1000; i++) {
        client.track(PulseEvent.of("from an older Java").id(spooling + "-" + i).with("i", i));
      }
      client.trackApi(new ApiCall("wallet", "/deposit", "POST", 1.5, 200));
      boolean drained = client.close(Duration.ofSeconds(20));
      System.out.println(
          System.getProperty("java.specification.version")
              + (spooling ? " spool " : " memory ")
              + (drained ? "drained " : "left ")
              + client.stats().delivered()
              + " delivered, "
              + errors.get()
              + " errors");
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!thread.isDaemon() && thread != Thread.currentThread() && !"DestroyJavaVM".equals(thread.getName())) {
        System.out.println("still there: " + thread.getName());
      }
    }
  }
}
