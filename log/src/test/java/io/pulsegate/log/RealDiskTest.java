package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RealDiskTest {
  @TempDir Path folder;

  private RealDisk disk(boolean direct) {
    return direct ? RealDisk.at(folder) : RealDisk.buffered(folder);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void writesTheSameFormatDirectAndBuffered(boolean direct) throws IOException {
    try (var log = Logs.open(disk(direct))) {
      for (int i = 0; i < 100; i++) {
        Logs.append(log, "lane" + i % 3, i + "x".repeat(3000));
      }
      assertThat(Logs.all(log)).hasSize(100);
    }
    for (boolean other : new boolean[] {!direct, direct}) {
      try (var log = Logs.open(disk(other))) {
        assertThat(Logs.all(log)).hasSizeGreaterThanOrEqualTo(100);
        assertThat(Logs.lane(log, "lane0")).hasSize(34);
        Logs.append(log, "b", "more");
      }
    }
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .noneMatch(name -> name.endsWith(".new") || name.endsWith(".probe"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void recoversACopyTakenWhileItWasOpenEvenOnAnInterruptedThread(boolean direct)
      throws IOException {
    Path copy = folder.resolve("copy");
    try (var log = Logs.open(disk(direct))) {
      for (int i = 0; i < 100; i++) {
        Logs.append(log, "a", i + "x".repeat(3000));
      }
      Files.createDirectory(copy);
      try (var files = Files.list(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
    }
    RealDisk copied = direct ? RealDisk.at(copy) : RealDisk.buffered(copy);
    Thread.currentThread().interrupt();
    try (var log = Logs.open(copied)) {
      assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
      assertThat(Logs.all(log)).hasSize(100);
      Logs.append(log, "a", "more");
      assertThat(Logs.all(log)).hasSize(101);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anInterruptedReaderHarmsNeitherTheLogNorItself(boolean direct) throws Exception {
    try (var log = Logs.open(disk(direct))) {
      for (int i = 0; i < 60; i++) {
        Logs.append(log, "a", i + "x".repeat(3000));
      }
      for (Thread.Builder builder : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
        var result = new CompletableFuture<Integer>();
        builder.start(() -> {
          Thread.currentThread().interrupt();
          try (LogReader reader = log.reader(0, Optional.empty())) {
            int frames = 0;
            for (var more = reader.poll(9000); !more.isEmpty(); more = reader.poll(9000)) {
              frames += more.size();
            }
            var map = log.totalsAt(30);
            log.append(TestAppend.of("a", "by an interrupted thread"));
            log.trim(5);
            boolean kept = Thread.currentThread().isInterrupted();
            result.complete(kept && map.size() == 1 ? frames : -1);
          } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
          }
        });
        assertThat(result.get(20, TimeUnit.SECONDS)).isBetween(55, 65);
      }
      Logs.append(log, "a", "the writer goes on");
      assertThat(log.state()).isEqualTo(LogState.ACCEPTING);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void opensAndClosesOnAnInterruptedThread(boolean direct) throws Exception {
    var result = new CompletableFuture<Long>();
    Thread.ofVirtual()
        .start(() -> {
          Thread.currentThread().interrupt();
          try {
            RealDisk disk = disk(direct);
            try (var log = Logs.open(disk);
                var cursor = new CursorFile(disk, "cursor")) {
              cursor.save(new byte[] {1});
              TestAppend append = TestAppend.of("a", "x");
              log.append(append);
            }
            try (var log = Logs.open(disk)) {
              result.complete(log.end());
            }
          } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
          }
        });
    assertThat(result.get(20, TimeUnit.SECONDS)).isEqualTo(1);
  }

  @Test
  void aReaderInterruptedAgainAndAgainReadsEverythingWhileTheLogIsWritten() throws Exception {
    try (var log = Logs.open(disk(true))) {
      var read = new CompletableFuture<List<String>>();
      Thread reading =
          Thread.ofVirtual()
              .start(() -> {
                var texts = new ArrayList<String>();
                try (LogReader reader = log.reader(0, Optional.empty())) {
                  while (texts.size() < 300) {
                    reader.poll(5000).forEach(frame -> texts.add(Logs.text(frame)));
                    try {
                      log.awaitEnd(reader.offset(), TimeUnit.SECONDS.toNanos(1));
                    } catch (InterruptedException e) {
                      // Left set for every other poll.
                      if (texts.size() % 2 == 0) {
                        Thread.currentThread().interrupt();
                      }
                    }
                  }
                  read.complete(texts);
                } catch (RuntimeException | Error e) {
                  read.completeExceptionally(e);
                }
              });
      var expected = new ArrayList<String>();
      for (int i = 0; i < 300; i++) {
        expected.add(i + "x".repeat(500));
        Logs.append(log, "a", expected.getLast());
        reading.interrupt();
      }
      assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo(expected);
    }
  }

  @Test
  void bitFlipsAndTruncationsInRealFilesCostOnlyWhatTheyHit() throws IOException {
    try (var log = Logs.open(disk(true))) {
      for (int i = 0; i < 120; i++) {
        Logs.append(log, "a", i + "x".repeat(3000));
      }
    }
    List<Path> files;
    try (var found = Files.list(folder)) {
      files = found.filter(file -> file.toString().endsWith(".seg")).sorted().toList();
    }
    assertThat(files).hasSizeGreaterThan(5);
    flip(files.get(0), 30_000);
    flip(files.get(1), 100); // first copy of the header
    truncate(files.get(2), 40_000);
    truncate(files.get(3), 0);
    try (var log = Logs.open(disk(true))) {
      List<Frame> frames = Logs.all(log);
      assertThat(log.end()).isEqualTo(120);
      assertThat(frames).extracting(Frame::firstOffset).isSorted().doesNotHaveDuplicates();
      int perFile = 120 / files.size() + 3;
      assertThat(frames.size()).isBetween(120 - 1 - 2 * perFile, 118);
      assertThat(log.stats().damagedBytes()).isPositive();
      assertThat(log.stats().damagedFrames()).isPositive();
      Logs.append(log, "a", "goes on");
      assertThat(Logs.all(log)).hasSize(frames.size() + 1);
    }
  }

  private static void flip(Path file, int position) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[position] ^= 4;
    Files.write(file, bytes);
  }

  private static void truncate(Path file, int bytes) throws IOException {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), bytes));
  }

  @Test
  void keepsASecondLogOut() {
    try (var log = Logs.open(disk(true))) {
      assertThatThrownBy(() -> Logs.open(disk(true)))
          .isInstanceOfSatisfying(
              LogException.class, e -> assertThat(e.code()).isEqualTo(LogException.Code.LOCKED))
          .hasMessageContaining("log.lock");
      assertThat(log.end()).isZero();
    }
  }

  @Test
  void takesBodiesUpToTheLimitAtItsDefaults() {
    LogConfig config = LogConfig.defaults();
    try (var log = Logs.open(config, disk(true))) {
      byte[] largest = new byte[config.maxBodyBytes()];
      Arrays.fill(largest, (byte) 7);
      for (int i = 0; i < 10; i++) {
        log.append(new TestAppend("a", largest, 65_535));
      }
      var last = new TestAppend("a", new byte[0], 1);
      log.append(last);
      assertThat(last.awaitOffset()).isEqualTo(655_350);
      List<Frame> frames = Logs.all(log);
      assertThat(frames).hasSize(11);
      assertThat(Logs.bytes(frames.getFirst())).isEqualTo(largest);
      assertThat(frames.getLast().body().remaining()).isZero();
    }
  }
}
