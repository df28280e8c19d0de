package io.pulsegate.server;

import io.pulsegate.core.Engine;
import io.pulsegate.core.SinkStatus;
import io.pulsegate.ingress.http.HttpIngress;
import io.pulsegate.ingress.http.HttpPages;
import io.pulsegate.log.LogState;
import io.pulsegate.server.state.StateStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A running server. Made by [Wiring].
final class Server implements AutoCloseable {
  /// Requests that have begun when the drain is over get so long to be refused and answered.
  private static final Duration LAST_REPLIES = Duration.ofSeconds(1);

  private final Engine engine;
  private final HttpIngress ingress;
  private final HttpPages admin;
  private final List<AutoCloseable> door;
  private final AutoCloseable rules;
  private final StateStore store;
  private final ConfigWatch watch;
  private final List<AutoCloseable> work;
  private final MemoryPlan memory;
  private final String adminToken;
  private List<SinkStatus> undelivered = List.of();

  /// @param door what stands behind the public listener, closed after it
  /// @param rules what the engine asks of the tenants, closed after it
  /// @param work done beside everything else, closed first
  Server(
      Engine engine,
      HttpIngress ingress,
      HttpPages admin,
      List<AutoCloseable> door,
      AutoCloseable rules,
      StateStore store,
      ConfigWatch watch,
      List<? extends AutoCloseable> work,
      MemoryPlan memory,
      String adminToken) {
    this.engine = engine;
    this.ingress = ingress;
    this.admin = admin;
    this.door = List.copyOf(door);
    this.rules = rules;
    this.store = store;
    this.watch = watch;
    this.work = List.copyOf(work);
    this.memory = memory;
    this.adminToken = adminToken;
  }

  int port() {
    return ingress.port();
  }

  int adminPort() {
    return admin.port();
  }

  String adminToken() {
    return adminToken;
  }

  MemoryPlan memory() {
    return memory;
  }

  /// Puts the tenants of the file in force whenever it changes.
  void watch(Path file, ConfigWatch.Check check) {
    watch.begin(file, check);
  }

  /// Looks once whether the file has changed.
  void look(Path file, ConfigWatch.Check check) {
    watch.look(file, check);
  }

  /// Has the handler called once when the log is finished.
  void onLogFailure(Consumer<String> handler) {
    engine.onFailure(handler);
  }

  /// Why the log is finished, where it is.
  Optional<String> logFailure() {
    LogState state = engine.log().state();
    return state.status() == LogState.Status.FAILED
        ? Optional.of(state.reason())
        : Optional.empty();
  }

  /// Waits until every running sink has taken what was accepted.
  ///
  /// @return false where the limit passed first
  boolean drain(Duration limit) throws InterruptedException {
    return engine.drain(limit);
  }

  /// Refuses new events, waits until every running sink has taken what was accepted, and closes.
  /// Health, readiness and metrics are served until the end.
  ///
  /// @return false where the limit passed first: what is left comes after the next start
  boolean stop(Duration limit) throws InterruptedException {
    ingress.stopAccepting();
    // A body that is still coming in would otherwise be accepted after the drain.
    engine.stopAccepting();
    boolean drained = engine.drain(limit);
    undelivered = engine.sinks().stream().filter(sink -> sink.lagEvents() > 0).toList();
    boolean _ = ingress.close(LAST_REPLIES);
    close();
    return drained;
  }

  /// The sinks that had not taken everything when [#stop] gave up waiting for them.
  List<SinkStatus> undelivered() {
    return undelivered;
  }

  /// Closes at once; what was accepted is in the log.
  @Override
  public void close() {
    List<AutoCloseable> parts = new ArrayList<>(work);
    parts.addAll(List.of(watch, ingress, admin));
    parts.addAll(door);
    parts.add(engine);
    parts.add(rules);
    parts.add(store);
    Closing.all(parts);
  }
}
