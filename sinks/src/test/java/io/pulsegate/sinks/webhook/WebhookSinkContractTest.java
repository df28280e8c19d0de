package io.pulsegate.sinks.webhook;

import io.pulsegate.api.Sink;
import io.pulsegate.testkit.Arrival;
import io.pulsegate.testkit.Events;
import io.pulsegate.testkit.PlainSinkContract;
import io.pulsegate.testkit.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class WebhookSinkContractTest extends PlainSinkContract {
  private static final String POISON = "poison";

  @TempDir Path folder;
  private Endpoint endpoint;

  @BeforeEach
  void start() throws IOException {
    endpoint = new Endpoint();
    bringBack();
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  @Override
  protected Sink newSink() {
    return endpoint.sink(folder, Map.of("batch_events", "500"));
  }

  @Override
  protected List<Arrival> arrived() {
    return endpoint.taken().stream()
        .map(sent -> new Arrival(sent.tenant(), sent.id(), sent.type(), sent.payload()))
        .toList();
  }

  @Override
  protected Set<Promise> notPromised() {
    // One endpoint for all tenants; at least once, with an id to tell a repeated message by.
    return Set.of(Promise.SAME_BATCH_ONCE, Promise.ONCE_AFTER_CRASH, Promise.TENANT_REFUSED);
  }

  @Override
  protected void addPoison(Events events, String id) {
    events.add(id, POISON, "{}");
  }

  @Override
  protected void takeDown() {
    endpoint.answersWith(request ->
        new MockResponse.Builder()
            .code(503)
            .onResponseStart(SocketEffect.ShutdownConnection.INSTANCE)
            .build());
  }

  @Override
  protected void bringBack() {
    endpoint.answers(request ->
        request.events().stream().anyMatch(event -> event.type().equals(POISON)) ? 422 : 200);
  }

  @Override
  protected void stall() {
    endpoint.answersWith(request ->
        new MockResponse.Builder().code(503).onResponseStart(SocketEffect.Stall.INSTANCE).build());
  }

  @Override
  protected void resume() {
    bringBack();
  }
}
