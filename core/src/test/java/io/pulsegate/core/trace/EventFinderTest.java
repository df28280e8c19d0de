package io.pulsegate.core.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.TenantId;
import io.pulsegate.core.FakeDatabase;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.Rig;
import io.pulsegate.core.trace.EventFinder.Found;
import io.pulsegate.core.trace.EventFinder.Part;
import io.pulsegate.log.SimulatedDisk;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventFinderTest {
  private static final long LONG = TimeUnit.MINUTES.toNanos(1);
  private static final int STRETCH = 100;

  private final SimulatedDisk disk = new SimulatedDisk();
  private final FakeDatabase database = new FakeDatabase();
  private final Rig rig = new Rig(Map.of("db", database.sink()));

  @AfterEach
  void close() {
    rig.close();
  }

  private IdFilters filters() throws Exception {
    var filters = new IdFilters(rig.engine.log(), disk, STRETCH);
    while (filters.step()) {}
    return filters;
  }

  /// Twelve stretches of a hundred events, and the beginning of another.
  private void fill() {
    for (int i = 0; i < 25; i++) {
      rig.send(i % 3, Rig.many("e" + i + "-", 50, "ok"));
    }
  }

  private List<Long> find(IdFilters filters, String id, Optional<TenantId> tenant) {
    Part part = new EventFinder(rig.engine.log(), filters).find(id, tenant, 0, 10, LONG);
    assertThat(part.done()).isTrue();
    return part.found().stream().map(Found::offset).toList();
  }

  @Test
  void findsEveryEventWithFiltersAndBehindThem() throws Exception {
    fill();
    IdFilters filters = filters();
    for (int i = 0; i < 25; i++) {
      for (int j = 0; j < 50; j++) {
        String id = "e" + i + "-" + j;
        assertThat(find(filters, id, Optional.empty())).as(id).containsExactly(50L * i + j);
      }
    }
    assertThat(find(filters, "never-sent", Optional.empty())).isEmpty();
  }

  @Test
  void readsNothingOfStretchesThatCannotHoldTheId() throws Exception {
    fill();
    IdFilters filters = filters();
    var opened = new AtomicInteger();
    var log =
        (IngestionLog)
            Proxy.newProxyInstance(
                IngestionLog.class.getClassLoader(),
                new Class<?>[] {IngestionLog.class},
                (_, method, arguments) -> {
                  if (method.getName().equals("open")) {
                    opened.incrementAndGet();
                  }
                  return method.invoke(rig.engine.log(), arguments);
                });
    var finder = new EventFinder(log, filters);
    assertThat(finder.find("never-sent", Optional.empty(), 0, 10, LONG).found()).isEmpty();
    assertThat(opened).as("only what has no filter yet").hasValue(1);
    assertThat(finder.find("e7-1", Optional.empty(), 0, 10, LONG).found()).hasSize(1);
    assertThat(opened).hasValueLessThanOrEqualTo(4);
  }

  @Test
  void tellsTenantsApart() throws Exception {
    rig.send(1, "same");
    rig.send(2, "same");
    IdFilters filters = filters();
    assertThat(find(filters, "same", Optional.empty())).hasSize(2);
    assertThat(find(filters, "same", Optional.of(new TenantId("t2")))).containsExactly(1L);
    assertThat(find(filters, "same", Optional.of(new TenantId("t3")))).isEmpty();
  }

  @Test
  void filtersAreTakenOverAndMadeAgainWhereTheyAreMissing() throws Exception {
    fill();
    IdFilters _ = filters();
    List<String> names = disk.names();
    assertThat(names).hasSize(12);
    disk.delete(names.get(3));
    long calls = disk.reads();
    IdFilters again = filters();
    assertThat(disk.names()).containsExactlyInAnyOrderElementsOf(names);
    assertThat(disk.reads()).isGreaterThan(calls);
    assertThat(find(again, "e7-1", Optional.empty())).containsExactly(351L);
  }

  @Test
  void aDamagedFilterHidesNothing() throws Exception {
    fill();
    IdFilters filters = filters();
    for (String name : disk.names()) {
      for (int at = 64; at < disk.bytes(name).length; at++) {
        disk.put(name, cleared(disk.bytes(name), at));
      }
    }
    for (int i = 0; i < 25; i++) {
      String id = "e" + i + "-7";
      assertThat(find(filters, id, Optional.empty())).as(id).containsExactly(50L * i + 7);
    }
  }

  private static byte[] cleared(byte[] bytes, int at) {
    byte[] damaged = bytes.clone();
    if ((at & 63) < 60) {
      damaged[at] = 0;
    }
    return damaged;
  }

  @Test
  void goesOnWhereItsTimeOrItsLimitEndedIt() throws Exception {
    rig.send(1, "same");
    rig.send(2, "same");
    rig.send(3, "same");
    var finder = new EventFinder(rig.engine.log(), filters());
    Part first = finder.find("same", Optional.empty(), 0, 2, LONG);
    assertThat(first.found()).hasSize(2);
    assertThat(first.done()).isFalse();
    Part second = finder.find("same", Optional.empty(), first.next(), 2, LONG);
    assertThat(second.found()).extracting(Found::offset).containsExactly(2L);
    assertThat(finder.find("same", Optional.empty(), 0, 2, -1).found()).isEmpty();
  }
}
