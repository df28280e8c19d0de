package io.pulsegate.server.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.Event;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Source;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.DeadLetter;
import io.pulsegate.core.DeadLetterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateStoreTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("state.db");
  }

  private static DeadLetter letter(long offset, int attempts, Instant first, Instant last) {
    var lane = new LaneKey(new TenantId("shop"), 2);
    var event =
        new Event(
            "e-" + offset,
            lane.tenant(),
            "order",
            TIME,
            TIME.plusMillis(5),
            "{\"a\":\"\\u0000 ünï\",\"n\":1e999}",
            Source.HTTP,
            "native",
            Optional.of("t1"),
            Optional.empty(),
            Optional.of("p"));
    return new DeadLetter(
        "log-1",
        0,
        offset,
        0,
        "main",
        0,
        lane,
        event,
        "sink",
        "postgres",
        "22P05",
        "refused",
        attempts,
        first,
        last);
  }

  private static DeadLetter letter(long offset) {
    return letter(offset, 3, TIME, TIME.plusSeconds(offset));
  }

  private static List<DeadLetter> newest(StateStore store, int limit) {
    return new Letters(store)
        .find(Letters.Filter.ALL, Long.MAX_VALUE, limit).stream()
            .map(Letters.Kept::letter)
            .toList();
  }

  @Test
  void keepsLettersWhole() {
    try (StateStore store = StateStore.open(file())) {
      store.put(List.of(letter(1), letter(2)));
      assertThat(newest(store, 10)).containsExactly(letter(2), letter(1));
      assertThat(newest(store, 1)).containsExactly(letter(2));
      assertThat(store.trouble()).isEmpty();
    }
  }

  @Test
  void repeatsALetterAfterACrashWithoutASecondRow() {
    try (StateStore store = StateStore.open(file())) {
      store.put(List.of(letter(1, 3, TIME, TIME)));
      store.put(List.of(letter(1, 4, TIME.plusSeconds(60), TIME.plusSeconds(60))));
      assertThat(newest(store, 10)).containsExactly(letter(1, 4, TIME, TIME.plusSeconds(60)));
    }
  }

  @Test
  void hasCommittedWhenPutReturns() throws IOException {
    try (StateStore store = StateStore.open(file())) {
      store.put(List.of(letter(1)));
      // What a crash would leave: the files as they are, the store not closed.
      Path copy = Files.createDirectory(folder.resolve("copy"));
      for (String name : List.of("state.db", "state.db-wal")) {
        Files.copy(folder.resolve(name), copy.resolve(name));
      }
      try (StateStore after = StateStore.open(copy.resolve("state.db"))) {
        assertThat(newest(after, 10)).containsExactly(letter(1));
      }
    }
  }

  @Test
  void syncsEveryCommit() throws SQLException {
    try (StateStore _ = StateStore.open(file());
        var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement();
        var row = statement.executeQuery("PRAGMA journal_mode")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).isEqualTo("wal");
    }
    try (StateStore store = StateStore.open(file())) {
      assertThat(store.synchronous()).isEqualTo(2);
    }
  }

  @Test
  void keepsNothingOfAPutThatFails() throws SQLException {
    try (StateStore store = StateStore.open(file())) {
      try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
          var statement = connection.createStatement()) {
        statement.execute(
            "CREATE TRIGGER stop BEFORE INSERT ON dead_letters WHEN new.\"offset\" = 2 BEGIN SELECT RAISE(ABORT, 'no room'); END");
      }
      assertThatThrownBy(() -> store.put(List.of(letter(1), letter(2))))
          .isInstanceOf(DeadLetterException.class)
          .hasMessageContaining("no room");
      assertThat(store.trouble()).isPresent();
      assertThat(newest(store, 10)).isEmpty();
      store.put(List.of(letter(1)));
      assertThat(store.trouble()).isEmpty();
      assertThat(newest(store, 10)).containsExactly(letter(1));
    }
  }

  @Test
  void theAuditLogLetsGoOfItsOldestLinesByTimeAndBySize() {
    try (StateStore store = StateStore.open(file())) {
      var audit = new AuditLog(store);
      for (int i = 0; i < 10; i++) {
        audit.add(new Change(TIME.plusSeconds(i), "a", "b", "t", "", "x".repeat(50)));
      }
      assertThat(audit.prune(Instant.MIN, 1 << 20, TIME)).isZero();
      assertThat(audit.prune(TIME.plusSeconds(3), 1 << 20, TIME)).isEqualTo(3);
      assertThat(audit.newest("t", 100)).hasSize(7);
      assertThat(audit.newest("t", 100).getLast().at()).isEqualTo(TIME.plusSeconds(3));
      assertThat(audit.prune(Instant.MIN, 400, TIME)).isEqualTo(4);
      assertThat(audit.newest("t", 100)).hasSize(3);
      assertThat(audit.newest("", 1).getFirst().action()).isEqualTo("audit.prune");
    }
  }

  @Test
  void migratesFromNothingOnceAndKeepsWhatIsThere() throws SQLException {
    try (StateStore store = StateStore.open(file())) {
      store.put(List.of(letter(1)));
    }
    try (StateStore store = StateStore.open(file())) {
      assertThat(newest(store, 10)).containsExactly(letter(1));
    }
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file())) {
      assertThat(Migrations.version(connection)).isEqualTo(5);
    }
  }

  @Test
  void leavesAStoreOfANewerReleaseAlone() throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = 99");
    }
    try (StateStore store = StateStore.open(file())) {
      assertThat(store.trouble()).get().asString().contains("newer release");
      assertThatThrownBy(() -> store.put(List.of(letter(1))))
          .isInstanceOf(DeadLetterException.class);
    }
  }

  @Test
  void opensInTroubleWhereTheFileIsDamagedAndRecoversWhenItIsReplaced() throws IOException {
    Files.writeString(file(), "this is no database, whatever its name says".repeat(100));
    try (StateStore store = StateStore.open(file())) {
      assertThat(store.trouble()).get().asString().contains(file().toString());
      assertThatThrownBy(() -> store.put(List.of(letter(1))))
          .isInstanceOf(DeadLetterException.class);
      assertThat(file()).exists();
      Files.delete(file());
      store.put(List.of(letter(1)));
      assertThat(store.trouble()).isEmpty();
    }
  }

  @Test
  void noticesDamageInside() throws IOException {
    try (StateStore store = StateStore.open(file())) {
      for (int i = 0; i < 200; i++) {
        store.put(List.of(letter(i)));
      }
    }
    byte[] noise = new byte[8192];
    java.util.Arrays.fill(noise, (byte) 0x5a);
    try (var channel = java.nio.channels.FileChannel.open(file(), StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.wrap(noise), 8192);
    }
    try (StateStore store = StateStore.open(file())) {
      assertThat(store.trouble()).get().asString().containsAnyOf("damaged", "malformed");
    }
  }

  @Test
  void bringsAStoreOfTheFirstReleaseHereWithAllItsLetters() throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      Migrations.run(connection, 1);
      statement.execute(
          "INSERT INTO dead_letters VALUES ('log-1', 0, 7, 0, 'main', 0, 'shop', 2, 'e-7', 'order', 1, 2, '{}', 'http', 'native', NULL, 'k', NULL, 'sink', 'main', '22P05', 'refused', 3, 4, 5)");
    }
    try (StateStore store = StateStore.open(file())) {
      assertThat(newest(store, 10))
          .singleElement()
          .satisfies(letter -> {
            assertThat(letter.event().eventId()).isEqualTo("e-7");
            assertThat(letter.event().idempotencyKey()).contains("k");
            assertThat(letter.attempts()).isEqualTo(3);
          });
      store.limitLetters(_ -> 2);
      assertThatThrownBy(() -> store.put(List.of(letter(1))))
          .as("those that came along count")
          .hasMessageContaining("quota");
    }
  }

  @Test
  void keepsNothingOfAMigrationStepThatFailsAndMakesItWhenItCan() throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      Migrations.run(connection, 1);
      statement.execute("CREATE TABLE tenants (in_the_way INTEGER)");
      assertThatThrownBy(() -> Migrations.run(connection))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("tenants");
      assertThat(Migrations.version(connection)).isEqualTo(1);
      try (var tables =
          statement.executeQuery(
              "SELECT count(*) FROM sqlite_schema WHERE name IN ('counters', 'tenant_lives')")) {
        assertThat(tables.next()).isTrue();
        assertThat(tables.getInt(1)).as("tables of the step that failed").isZero();
      }
      statement.execute("DROP TABLE tenants");
      Migrations.run(connection);
      assertThat(Migrations.version(connection)).isGreaterThan(1);
    }
  }

  @Test
  void refusesLettersOverTheQuotaAndTakesThoseThatComeAgain() {
    long one = letter(1).event().payload().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
    try (StateStore store = StateStore.open(file())) {
      store.limitLetters(lane -> lane.tenant().value().equals("shop") ? 2 * one : 0);
      store.put(List.of(letter(1), letter(2)));
      assertThatThrownBy(() -> store.put(List.of(letter(3))))
          .isInstanceOf(DeadLetterException.class)
          .hasMessageContaining("its quota is " + 2 * one);
      assertThat(store.trouble()).as("the store is well").isEmpty();
      store.put(List.of(letter(2)));
      assertThat(newest(store, 10)).hasSize(2);
      var letters = new Letters(store);
      var change = new Change(TIME, "operator", "letter.redrive", "shop", "", "");
      letters.redriven(List.of(letters.find(Letters.Filter.ALL, 99, 1).getFirst().id()), change);
      store.put(List.of(letter(3)));
      assertThat(newest(store, 10)).containsExactly(letter(3), letter(1));
    }
  }

  @Test
  void findsLettersByWhatIsKnownOfThem() {
    try (StateStore store = StateStore.open(file())) {
      store.put(List.of(letter(1), letter(2), letter(3)));
      var letters = new Letters(store);
      assertThat(found(letters, Optional.of(TIME.plusSeconds(2)), Optional.empty()))
          .containsExactly(3L, 2L);
      assertThat(found(letters, Optional.empty(), Optional.of(TIME.plusSeconds(2))))
          .containsExactly(1L);
      assertThat(letters.findAfter(Letters.Filter.ALL, 1, 1))
          .singleElement()
          .satisfies(kept -> assertThat(kept.letter()).isEqualTo(letter(2)));
      assertThat(letters.discard(2, count -> change(count))).isEqualTo(1);
      assertThat(letters.discard(2, count -> change(count))).isZero();
      assertThat(newest(store, 10)).containsExactly(letter(3), letter(1));
      assertThat(new AuditLog(store).newest("", 10)).containsExactly(change(1));
    }
  }

  private static Change change(int count) {
    return new Change(TIME, "operator", "letter.discard", "shop", "", count + " letters");
  }

  private static List<Long> found(
      Letters letters, Optional<Instant> from, Optional<Instant> until) {
    var filter =
        new Letters.Filter(
            Optional.of(new TenantId("shop")),
            from,
            until,
            Optional.of("order"),
            Optional.empty(),
            Optional.of("22P05"),
            Optional.of("postgres"),
            false);
    return letters.find(filter, Long.MAX_VALUE, 10).stream().map(Letters.Kept::id).toList();
  }
}
