package io.pulsegate.bench.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {
  @TempDir Path folder;

  @Test
  void isContentWhenEveryAcknowledgedIdIsThereOnce() throws Exception {
    var findings = verify(ids(0, 1000), ids(0, 1000), Optional.empty());
    assertThat(findings.isClean()).isTrue();
    assertThat(findings.acknowledged()).isEqualTo(1000);
    assertThat(findings.delivered()).isEqualTo(1000);
  }

  @Test
  void isNotContentWithNothing() throws Exception {
    var findings = verify(List.of(), ids(0, 10), Optional.empty());
    assertThat(findings.isEmpty()).isTrue();
    assertThat(findings.isClean()).isFalse();
  }

  @Test
  void findsAMissingId() throws Exception {
    var findings = verify(ids(0, 1000), ids(1, 1000), Optional.empty());
    assertThat(findings.isClean()).isFalse();
    assertThat(findings.missing().count()).isEqualTo(1);
    assertThat(findings.missing().ids()).containsExactly(id(0));
  }

  @Test
  void findsADoubledIdEvenIfItWasNeverAcknowledged() throws Exception {
    var stored = new ArrayList<>(ids(0, 12));
    stored.add(id(3));
    stored.add(id(11));
    var findings = verify(ids(0, 10), stored, Optional.empty());
    assertThat(findings.isClean()).isFalse();
    assertThat(findings.doubled().ids()).containsExactlyInAnyOrder(id(3), id(11));
    assertThat(findings.delivered()).isEqualTo(9);
  }

  @Test
  void toleratesIdsWhoseReplyWasLostAndIdsOfOthers() throws Exception {
    var stored = new ArrayList<>(ids(0, 12));
    stored.add("order-17");
    stored.add("x".repeat(36));
    var findings = verify(ids(0, 10), stored, Optional.empty());
    assertThat(findings.isClean()).isTrue();
    assertThat(findings.extra().count()).isEqualTo(2);
    assertThat(findings.foreign()).isEqualTo(2);
  }

  @Test
  void countsAnIdRecordedTwiceOnce() throws Exception {
    var findings = verify(List.of(id(0), id(0)), List.of(id(0)), Optional.empty());
    assertThat(findings.acknowledged()).isEqualTo(1);
    assertThat(findings.isClean()).isTrue();
  }

  @Test
  void looksForPoisonAmongTheDeadLettersOnly() throws Exception {
    var record = List.of(id(0), id(1) + " poison", id(2) + " poison", id(3) + " poison");
    var clean = verify(record, List.of(id(0)), Optional.of(List.of(id(1), id(2), id(3))));
    assertThat(clean.isClean()).isTrue();
    assertThat(clean.poison()).isEqualTo(3);
    var findings = verify(record, List.of(id(0), id(1), id(2)), Optional.of(List.of(id(1), id(3))));
    assertThat(findings.missing().ids()).containsExactly(id(2));
    assertThat(findings.doubled().ids()).containsExactly(id(1));
  }

  @Test
  void leavesOutALastLineThatWasCutShort() throws Exception {
    var file = folder.resolve("acks");
    Files.writeString(file, id(0) + "\n" + id(1) + " poison\n" + id(2).substring(0, 20));
    assertThat(lines(file)).containsExactly(id(0), id(1) + " poison");
  }

  @Test
  void refusesARecordThatIsNone() throws Exception {
    var file = folder.resolve("acks");
    Files.writeString(file, id(0) + "\nhello\n" + id(1) + "\n");
    assertThatThrownBy(() -> lines(file))
        .hasMessageContaining("line 2")
        .hasMessageContaining("hello");
  }

  @Test
  void countsLikeAMapWhileTheTableGrows() {
    long seed = 11;
    var random = new SplittableRandom(seed);
    var table = new IdTable(0);
    var model = new HashMap<UUID, int[]>();
    for (int i = 0; i < 20_000; i++) {
      var id = new UUID(random.nextInt(4), random.nextInt(1, 3000));
      int store = random.nextInt(2);
      table.count(id.getMostSignificantBits(), id.getLeastSignificantBits(), store);
      model.computeIfAbsent(id, any -> new int[2])[store]++;
    }
    assertThat(table.size()).as("seed %d", seed).isEqualTo(model.size());
    table.forEach((high, low, marks, inSink, inDeadLetters) -> {
      int[] expected = model.getOrDefault(new UUID(high, low), new int[2]);
      assertThat(inSink).isEqualTo(Math.min(15, expected[0]));
      assertThat(inDeadLetters).isEqualTo(Math.min(15, expected[1]));
      assertThat(marks).isZero();
    });
  }

  private static List<String> lines(Path file) throws IOException {
    var found = new ArrayList<String>();
    new RecordFile(file).forEach(found::add);
    return found;
  }

  private static Findings verify(
      List<String> record, List<String> sink, Optional<List<String>> deadLetters)
      throws IOException, SQLException {
    return Verification.verify(
        16, source(record), source(sink), deadLetters.map(VerificationTest::source));
  }

  private static IdSource source(List<String> ids) {
    return visitor -> ids.forEach(visitor::visit);
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(VerificationTest::id).toList();
  }

  private static String id(int number) {
    return new UUID(0x1234_5678_9abc_4000L + number, 0x8000_0000_0000_0000L + number).toString();
  }
}
