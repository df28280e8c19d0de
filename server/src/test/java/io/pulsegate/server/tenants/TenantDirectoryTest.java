package io.pulsegate.server.tenants;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Durability;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.Access;
import io.pulsegate.core.ApiKey;
import io.pulsegate.core.KeyHash;
import io.pulsegate.core.KeyScope;
import io.pulsegate.core.Quotas;
import io.pulsegate.core.TenantSettings;
import io.pulsegate.core.Terms;
import io.pulsegate.server.config.ServerConfig.TenantEntry;
import io.pulsegate.server.config.TenantDocuments;
import io.pulsegate.server.state.AuditLog;
import io.pulsegate.server.state.Change;
import io.pulsegate.server.state.StateStore;
import io.pulsegate.server.state.TenantRows;
import io.pulsegate.server.tenants.TenantDirectory.FreshKey;
import io.pulsegate.testkit.FakeClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenantDirectoryTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final TenantId SHOP = new TenantId("shop");
  private static final TenantId FILED = new TenantId("filed");

  @TempDir Path folder;

  private final FakeClock clock = new FakeClock(NOW);
  private byte[] copied = new byte[0];

  private final BookCopy copy =
      new BookCopy() {
        @Override
        public Optional<byte[]> read() {
          return copied.length == 0 ? Optional.empty() : Optional.of(copied);
        }

        @Override
        public void write(byte[] content) {
          copied = content;
        }
      };

  private Path state() {
    return folder.resolve("state.db");
  }

  private TenantDirectory open(StateStore store, List<TenantEntry> file) {
    return TenantDirectory.open(
        new TenantVault(new TenantRows(store), copy),
        new TenantDocuments(List.of()),
        new SplittableRandom(7),
        clock,
        file);
  }

  private static TenantEntry filed(String id, String... keys) {
    List<ApiKey> known =
        List.of(keys).stream().map(key -> ApiKey.ingest("file-1", KeyHash.of(key))).toList();
    return new TenantEntry(
        new TenantId(id),
        new TenantSettings(Access.of(known), Quotas.NONE, Terms.of(Durability.DISK), List.of()));
  }

  private static Bytes shop(String more) {
    return Bytes.of("{\"id\":\"shop\"" + more + "}");
  }

  private static <T> T done(Result<T> result) {
    assertThat(result).isInstanceOf(Result.Done.class);
    return ((Result.Done<T>) result).value();
  }

  private FreshKey key(TenantDirectory directory, TenantId tenant, KeyScope... scopes) {
    return done(directory.createKey("operator", tenant, "n", Set.of(scopes), Optional.empty()));
  }

  private boolean opens(TenantDirectory directory, String secret) {
    return directory
        .registry()
        .current()
        .byKey(KeyHash.of(secret))
        .filter(bearer -> bearer.key().allows(KeyScope.INGEST, clock.instant()))
        .isPresent();
  }

  @Test
  void keepsTenantsAndKeysOverARestartWithTheChangesWrittenDown() throws IOException {
    String secret;
    try (StateStore store = StateStore.open(state())) {
      TenantDirectory directory = open(store, List.of(filed("filed", "k")));
      done(directory.create("operator", shop(",\"weight\":3,\"quotas\":{\"backlog\":\"1MiB\"}")));
      secret = key(directory, SHOP, KeyScope.INGEST).secret();
      done(directory.replace("operator", SHOP, shop(",\"weight\":4")));
      assertThat(secret).matches("pg_ingest_[0-9A-Za-z]{28}");
    }
    assertThat(new String(copied, java.nio.charset.StandardCharsets.UTF_8)).doesNotContain(secret);
    assertThat(
            new String(Files.readAllBytes(state()), java.nio.charset.StandardCharsets.ISO_8859_1))
        .as("only a hash is kept")
        .contains(KeyHash.of(secret).hex())
        .doesNotContain(secret);
    try (StateStore store = StateStore.open(state())) {
      TenantDirectory directory = open(store, List.of(filed("filed", "k")));
      assertThat(opens(directory, secret)).isTrue();
      TenantView shop = directory.find(SHOP).orElseThrow();
      assertThat(shop.config().terms().weight()).isEqualTo(4);
      assertThat(shop.config().quotas()).isEqualTo(Quotas.NONE);
      assertThat(shop.origin()).isEqualTo(TenantView.Origin.API);
      assertThat(new AuditLog(store).newest("shop", 10).stream().map(Change::action))
          .containsExactly("tenant.update", "key.create", "tenant.create");
    }
  }

  @Test
  void aTenantThatComesAgainIsANewIncarnationWithoutItsOldKeys() {
    try (StateStore store = StateStore.open(state())) {
      TenantDirectory directory = open(store, List.of(filed("filed", "k")));
      done(directory.create("operator", shop("")));
      String secret = key(directory, SHOP, KeyScope.INGEST).secret();
      done(directory.delete("operator", SHOP));
      assertThat(opens(directory, secret)).isFalse();
      assertThat(done(directory.create("operator", shop(""))).config().incarnation()).isEqualTo(2);
      assertThat(opens(directory, secret)).isFalse();
      done(directory.fileChanged(List.of()));
      assertThat(directory.find(FILED)).isEmpty();
    }
    try (StateStore store = StateStore.open(state())) {
      TenantDirectory directory = open(store, List.of(filed("filed", "k")));
      assertThat(directory.find(FILED).orElseThrow().config().incarnation()).isEqualTo(2);
      assertThat(directory.find(SHOP).orElseThrow().config().incarnation()).isEqualTo(2);
    }
  }

  @Test
  void knowsItsTenantsAndIncarnationsWhileTheStoreIsDamaged() throws IOException {
    String secret;
    try (StateStore store = StateStore.open(state())) {
      TenantDirectory directory = open(store, List.of());
      done(directory.create("operator", shop("")));
      done(directory.delete("operator", SHOP));
      done(directory.create("operator", shop("")));
      secret = key(directory, SHOP, KeyScope.INGEST).secret();
    }
    Files.writeString(state(), "no database at all".repeat(500));
    try (StateStore store = StateStore.open(state())) {
      TenantDirectory directory = open(store, List.of());
      assertThat(opens(directory, secret)).isTrue();
      assertThat(directory.find(SHOP).orElseThrow().config().incarnation()).isEqualTo(2);
      assertThat(directory.delete("operator", SHOP)).isInstanceOf(Result.Unavailable.class);
      assertThat(opens(directory, secret)).as("nothing was changed").isTrue();
      Files.delete(state());
      done(directory.replace("operator", SHOP, shop(",\"weight\":2")));
    }
    try (StateStore store = StateStore.open(state())) {
      TenantDirectory directory = open(store, List.of());
      assertThat(directory.find(SHOP).orElseThrow().config().incarnation()).isEqualTo(2);
      assertThat(opens(directory, secret)).isTrue();
    }
  }

  @Test
  void aWrongChangeLeavesWhatWasInForceAndSaysWhy() {
    try (StateStore store = StateStore.open(state())) {
      TenantDirectory directory = open(store, List.of(filed("filed", "k")));
      done(directory.create("operator", shop(",\"aliases\":[\"x\"]")));
      var before = directory.registry().current();
      assertThat(directory.replace("operator", SHOP, shop(",\"weight\":0")))
          .asString()
          .contains("tenants.shop.weight must be a whole number from 1 to 1000");
      assertThat(directory.replace("operator", SHOP, shop(",\"keys\":[\"k2\"]")))
          .asString()
          .contains("keys are no part of a tenant here");
      assertThat(
              directory.replace(
                  "operator",
                  SHOP,
                  shop(",\"routes\":[{\"name\":\"r\",\"sinks\":[{\"name\":\"nowhere\"}]}]")))
          .asString()
          .contains("there is no sink \"nowhere\"");
      assertThat(directory.create("operator", Bytes.of("{\"id\":\"b\",\"aliases\":[\"x\"]}")))
          .asString()
          .contains("the alias x of tenant");
      assertThat(directory.create("operator", Bytes.of("{\"id\":\"b\"")))
          .isInstanceOf(Result.Invalid.class);
      assertThat(directory.fileChanged(List.of(filed("x", "k")))).asString().contains("alias x");
      assertThat(directory.registry().current()).isSameAs(before);
      assertThat(directory.find(FILED)).isPresent();
    }
  }

  @Test
  void whatTheFileNamesIsReadOnly() {
    try (StateStore store = StateStore.open(state())) {
      TenantDirectory directory = open(store, List.of(filed("filed", "k")));
      assertThat(directory.delete("operator", FILED)).isInstanceOf(Result.Conflict.class);
      assertThat(directory.replace("operator", FILED, Bytes.of("{\"id\":\"filed\"}")))
          .isInstanceOf(Result.Conflict.class);
      assertThat(directory.create("operator", Bytes.of("{\"id\":\"filed\"}")))
          .isInstanceOf(Result.Conflict.class);
      assertThat(directory.revokeKey("operator", FILED, "file-1"))
          .isInstanceOf(Result.Conflict.class);
      assertThat(directory.revokeKey("operator", FILED, "other"))
          .isInstanceOf(Result.Missing.class);
      assertThat(opens(directory, key(directory, FILED, KeyScope.INGEST).secret())).isTrue();
      assertThat(opens(directory, "k")).isTrue();
    }
  }

  @Test
  void aRotatedKeyOpensForTheOverlapAndARevokedOneNoMore() {
    try (StateStore store = StateStore.open(state())) {
      TenantDirectory directory = open(store, List.of());
      done(directory.create("operator", shop("")));
      FreshKey old = key(directory, SHOP, KeyScope.INGEST);
      FreshKey fresh =
          done(directory.rotateKey("operator", SHOP, old.key().key().id(), Duration.ofHours(1)));
      assertThat(fresh.key().key().scopes()).containsExactly(KeyScope.INGEST);
      assertThat(opens(directory, old.secret())).isTrue();
      assertThat(opens(directory, fresh.secret())).isTrue();
      clock.advance(Duration.ofHours(1));
      assertThat(opens(directory, old.secret())).isFalse();
      assertThat(opens(directory, fresh.secret())).isTrue();
      done(directory.revokeKey("operator", SHOP, fresh.key().key().id()));
      assertThat(opens(directory, fresh.secret())).isFalse();
    }
  }

  @Test
  void aKeyExpires() {
    try (StateStore store = StateStore.open(state())) {
      TenantDirectory directory = open(store, List.of(filed("filed")));
      FreshKey key =
          done(
              directory.createKey(
                  "operator", FILED, "", Set.of(KeyScope.INGEST), Optional.of(Duration.ofDays(1))));
      assertThat(opens(directory, key.secret())).isTrue();
      clock.advance(Duration.ofDays(1));
      assertThat(opens(directory, key.secret())).isFalse();
    }
  }

  @Test
  void aDamagedCopyIsNoticed() {
    try (StateStore store = StateStore.open(state())) {
      done(open(store, List.of()).create("operator", shop("")));
      copied[copied.length - 3] ^= 1;
      assertThat(open(store, List.of()).find(SHOP)).isPresent();
      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> BookText.read(copied)))
          .hasMessageContaining("damaged");
    }
  }
}
