package io.pulsegate.core;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// The tenants in force. A reader takes the snapshot once for what it does and sees all of a change
/// or nothing of it. Any thread.
public final class TenantRegistry {
  private final List<Consumer<Tenants>> listeners = new CopyOnWriteArrayList<>();
  private volatile Tenants current;

  public TenantRegistry(Tenants first) {
    this.current = first;
  }

  /// The snapshot in force.
  public Tenants current() {
    return current;
  }

  /// Puts another one in force; requests that come from now on are judged by it.
  public synchronized void replace(Tenants next) {
    current = next;
    listeners.forEach(listener -> listener.accept(next));
  }

  /// Has the listener told of the snapshot now and of every later one, one after the other, on the
  /// thread that brings it.
  public synchronized void onChange(Consumer<Tenants> listener) {
    listeners.add(listener);
    listener.accept(current);
  }
}
