package io.pulsegate.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pulsegate.client.FakeServer.Reply;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The queue in files.
class SpoolTest {
  private static final Duration LIMIT = Accounts.LIMIT;
  private static final String NOBODY = "http://127.0.0.1:9";
  private static final long SMALL = 256 * 1024;

  @TempDir Path temp;

  private final Accounts accounts = new Accounts();

  private PulseClient client(String url, long bytes) {
    return new Accounts().builder(url).spool(temp.resolve("spool"), bytes).build();
  }

  /// @return ids of those that were taken
  private static Set<String> track(PulseClient client, int from, int to) {
    Set<String> taken = new HashSet<>();
    for (int i = from; i < to; i++) {
      if (client.track(PulseEvent.of("numbered").id("e-" + i).with("text", "x".repeat(100)))) {
        taken.add("e-" + i);
      }
    }
    return taken;
  }

  @Test
  void sendsAfterARestartWhatWasLeftAndNothingTwice() {
    try (var server = FakeServer.takingAll()) {
      PulseClient first = client(server.url(), 4 << 20);
      track(first, 0, 100);
      assertThat(first.flush(LIMIT)).isTrue();
      server.behave(request -> Reply.error(503, "unavailable"));
      track(first, 100, 300);
      assertThat(first.close(Duration.ZERO)).isFalse();
      assertThat(first.stats().queued()).isEqualTo(200);
      assertThat(first.stats().droppedTotal()).isZero();
      int before = server.requests().size();

      server.behave(Reply::taken);
      PulseClient second =
          accounts.builder(server.url()).spool(temp.resolve("spool"), 4 << 20).build();
      track(second, 300, 310);
      assertThat(second.close(LIMIT)).isTrue();
      assertThat(second.stats().recovered()).isEqualTo(200);
      assertThat(second.stats().delivered()).isEqualTo(210);
      List<String> resent =
          server.requests().stream()
              .skip(before)
              .flatMap(request -> request.ids().stream())
              .toList();
      assertThat(resent).isEqualTo(IntStream.range(100, 310).mapToObj(i -> "e-" + i).toList());
      accounts.mustAddUp(second);

      PulseClient third = client(server.url(), 4 << 20);
      assertThat(third.stats().recovered()).isZero();
      third.close();
    }
  }

  @Test
  void isBoundedKeepsTheOldestAndUsesItsFilesAgain() throws IOException {
    try (var server = FakeServer.takingAll()) {
      server.behave(request -> Reply.error(503, "unavailable"));
      PulseClient client =
          accounts.builder(server.url()).spool(temp.resolve("spool"), SMALL).build();
      Set<String> taken = new TreeSet<>();
      for (int round = 0; round < 4; round++) {
        int from = round * 10_000;
        Set<String> now = track(client, from, from + 3000);
        assertThat(now).hasSizeBetween(200, 2000).contains("e-" + from);
        taken.addAll(now);
        assertThat(sizeOfFiles()).isLessThanOrEqualTo(SMALL);
        server.behave(Reply::taken);
        assertThat(client.flush(LIMIT)).isTrue();
        server.behave(request -> Reply.error(503, "unavailable"));
        awaitRoom(client);
      }
      server.behave(Reply::taken);
      client.close(LIMIT);
      assertThat(new TreeSet<>(server.ids())).containsAll(taken);
      assertThat(client.stats().dropped(DropReason.QUEUE_FULL)).isPositive();
      accounts.mustAddUp(client);
    }
  }

  /// Files that are done with are emptied in the background.
  private static void awaitRoom(PulseClient client) {
    await()
        .atMost(LIMIT)
        .until(() -> client.track(PulseEvent.of("room").with("text", "x".repeat(60_000))));
  }

  private long sizeOfFiles() throws IOException {
    try (Stream<Path> files = Files.list(temp.resolve("spool"))) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void survivesManyRestartsDuringAnOutageWithoutUsingUpItsFiles() {
    Set<String> taken = new HashSet<>();
    for (int start = 0; start < 30; start++) {
      PulseClient client = client(NOBODY, SMALL);
      taken.addAll(track(client, start * 10, start * 10 + 10));
      client.close(Duration.ZERO);
    }
    assertThat(taken).hasSize(300);
    try (var server = FakeServer.takingAll()) {
      PulseClient client = client(server.url(), SMALL);
      assertThat(client.close(LIMIT)).isTrue();
      assertThat(new HashSet<>(server.ids())).isEqualTo(taken);
    }
  }

  @Test
  void readsUpToWhatALossOfPowerHasDamagedAndSaysHowMuchThatIs() throws IOException {
    PulseClient client = client(NOBODY, SMALL);
    track(client, 0, 20);
    client.close(Duration.ZERO);
    damage(10);
    try (var server = FakeServer.takingAll()) {
      PulseClient again = client(server.url(), SMALL);
      track(again, 100, 105);
      again.close(LIMIT);
      assertThat(again.stats().recovered()).isEqualTo(10);
      assertThat(again.stats().spoolDamagedBytes()).isPositive();
      assertThat(server.ids())
          .isEqualTo(
              Stream.concat(IntStream.range(0, 10).boxed(), IntStream.range(100, 105).boxed())
                  .map(i -> "e-" + i)
                  .toList());
    }
  }

  /// Turns a bit of the n-th record.
  private void damage(int record) throws IOException {
    Path used = fileWithRecords();
    try (var file = new RandomAccessFile(used.toFile(), "rw")) {
      int at = SpoolFile.HEADER_BYTES;
      for (int i = 0; i < record; i++) {
        file.seek(at);
        at += Segment.recordBytes(Integer.reverseBytes(file.readInt()));
      }
      file.seek(at + 40);
      int value = file.read();
      file.seek(at + 40);
      file.write(value ^ 1);
    }
  }

  private Path fileWithRecords() throws IOException {
    try (Stream<Path> files = Files.list(temp.resolve("spool"))) {
      return files
          .filter(file -> file.toString().endsWith(".spool"))
          .filter(file -> {
            try (var data = new RandomAccessFile(file.toFile(), "r")) {
              data.seek(SpoolFile.HEADER_BYTES);
              return data.readInt() != 0;
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          })
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void setsAsideWhatIsNoSpoolFileOfItsOwn() throws IOException {
    Files.createDirectories(temp.resolve("spool"));
    Files.writeString(temp.resolve("spool/000007.spool"), "something else entirely".repeat(10));
    Files.writeString(temp.resolve("spool/000008.spool"), "short");
    PulseClient client = accounts.builder(NOBODY).spool(temp.resolve("spool"), SMALL).build();
    assertThat(client.track(PulseEvent.of("a"))).isTrue();
    await()
        .atMost(LIMIT)
        .until(
            () -> accounts.errors().stream().anyMatch(PulseError.SpoolTrouble.class::isInstance));
    client.close(Duration.ZERO);
    assertThat(temp.resolve("spool/000007.spool.unreadable")).exists();
    assertThat(temp.resolve("spool/000008.spool.unreadable")).exists();
  }

  /// The folder goes away under a client, as a disk may: the files in use stay usable.
  @Test
  void tellsThatNoFileCanBeMadeAndLosesNothingThatWasTaken() throws IOException {
    try (var server = FakeServer.takingAll()) {
      Path folder = temp.resolve("gone");
      PulseClient client = accounts.builder(server.url()).spool(folder, 1 << 20).build();
      await().atMost(LIMIT).until(() -> files(folder).size() == 3); // two ahead, and the lock
      for (Path file : files(folder)) {
        Files.delete(file);
      }
      Files.delete(folder);
      int taken = 0;
      for (int i = 0; i < 20_000; i++) {
        taken += client.track(PulseEvent.of("numbered").with("i", i)) ? 1 : 0;
      }
      assertThat(client.close(LIMIT)).isTrue();
      assertThat(client.stats().delivered()).isEqualTo(taken);
      assertThat(client.stats().dropped(DropReason.QUEUE_FULL)).isEqualTo(20_000 - taken);
      accounts.mustAddUp(client);
      assertThat(accounts.errors())
          .as("told for a row of failures, not for each")
          .hasSizeBetween(1, 3)
          .allSatisfy(error ->
              assertThat(error.text())
                  .contains(
                      "no further file can be prepared", "NoSuchFileException", folder.toString()));
    }
  }

  /// An application that is started again on a full disk, in whose place stands a limit of the
  /// system for the size of files: what waits is sent, and makes room.
  @Test
  void startsWithWhatWaitsWhereNoFurtherFileCanBeMade() throws Exception {
    PulseClient before = client(NOBODY, SMALL);
    Set<String> taken = track(before, 0, 300);
    before.close(Duration.ZERO);
    try (var server = FakeServer.takingAll()) {
      Path output = temp.resolve("output");
      Process again =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "ulimit -f 64; exec \"$@\"", // 32 KiB
                  "sh",
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  RecoveringApplication.class.getName(),
                  server.url(),
                  temp.resolve("spool").toString(),
                  Long.toString(8 * SMALL)) // files of another size: those that are there do not do
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try {
        assertThat(again.waitFor(60, TimeUnit.SECONDS)).isTrue();
      } finally {
        again.destroyForcibly();
      }
      assertThat(Files.readString(output)).contains("recovered 300, delivered 300, told true");
      assertThat(new HashSet<>(server.ids())).isEqualTo(taken);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  /// What waits in one shape would arrive in another, and be stored so.
  @Test
  void belongsToOneFormatWhileEventsWaitInIt() {
    PulseClient first = client(NOBODY, SMALL);
    Set<String> taken = track(first, 0, 10);
    first.close(Duration.ZERO);
    try (var server = FakeServer.takingAll()) {
      PulseClientBuilder site =
          accounts.siteBuilder(server.url()).spool(temp.resolve("spool"), SMALL);
      assertThatThrownBy(site::build)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("holds 10 events of a client with apiKey")
          .hasMessageContaining(temp.resolve("spool").toString());
      PulseClient again = client(server.url(), SMALL);
      assertThat(again.close(LIMIT)).isTrue();
      assertThat(new HashSet<>(server.ids())).isEqualTo(taken);

      server.behave(request -> Reply.error(503, "unavailable"));
      PulseClient empty = site.build();
      track(empty, 10, 12);
      empty.close(Duration.ZERO);
      assertThatThrownBy(() -> client(server.url(), SMALL))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("holds 2 events of a client with siteId");
    }
  }

  @Test
  void belongsToOneClientAtATime() {
    PulseClient client = client(NOBODY, SMALL);
    assertThatThrownBy(() -> client(NOBODY, SMALL))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("used by another client");
    client.close(Duration.ZERO);
    client(NOBODY, SMALL).close(Duration.ZERO);
  }

  @Test
  void readsWhatASpoolOfAnotherSizeLeft() {
    PulseClient large = client(NOBODY, 64 << 20);
    Set<String> taken = track(large, 0, 1000);
    large.close(Duration.ZERO);
    try (var server = FakeServer.takingAll()) {
      PulseClient small = client(server.url(), SMALL);
      assertThat(small.close(LIMIT)).isTrue();
      assertThat(new HashSet<>(server.ids())).isEqualTo(taken);
    }
  }

  @Test
  void leavesNoThreadBehind() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    client(NOBODY, SMALL).close(Duration.ZERO);
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> !before.contains(thread))
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("pulsegate-")));
  }
}
