package io.pulsegate.server.tenants;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.ApiKey;
import io.pulsegate.core.KeyScope;
import io.pulsegate.core.TenantConfig;
import io.pulsegate.core.TenantRegistry;
import io.pulsegate.core.TenantSettings;
import io.pulsegate.core.Tenants;
import io.pulsegate.server.config.Problem;
import io.pulsegate.server.config.ServerConfig.TenantEntry;
import io.pulsegate.server.config.TenantDocuments;
import io.pulsegate.server.state.Change;
import io.pulsegate.server.state.StateException;
import io.pulsegate.server.state.TenantBook;
import io.pulsegate.server.state.TenantBook.KeyPlace;
import io.pulsegate.server.state.TenantBook.Life;
import io.pulsegate.server.state.TenantBook.StoredKey;
import io.pulsegate.server.tenants.TenantView.KeyView;
import io.pulsegate.server.tenants.TenantView.Origin;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The tenants of the file and those of the admin API, as one, and the only place where they
/// change.
///
/// **A change is checked whole, made durable with its line in the audit log, and only then put in
/// force; where a step fails, what was in force stays.** What the file names is read-only here. Any
/// thread.
public final class TenantDirectory {
  private final TenantVault vault;
  private final TenantDocuments documents;
  private final SecretKeys secrets;
  private final InstantSource clock;
  private final TenantRegistry registry;
  private final Composer composer;

  // Guarded by this: what tries a snapshot before it is in force, and what holds now.
  private Trial trial = _ -> {};
  private Map<TenantId, TenantSettings> file;
  private TenantBook book;

  private TenantDirectory(
      TenantVault vault,
      TenantDocuments documents,
      RandomGenerator random,
      InstantSource clock,
      Map<TenantId, TenantSettings> file,
      TenantBook book) {
    this.vault = vault;
    this.documents = documents;
    this.secrets = new SecretKeys(random);
    this.clock = clock;
    this.file = file;
    this.book = book;
    this.composer = new Composer(documents);
    this.registry = new TenantRegistry(composer.whatFits(file, book));
  }

  /// The tenants as they stand at the start. Where the file has become to clash with what the API
  /// made, the file holds, and the clash is logged.
  ///
  /// @param random makes keys: must be unpredictable
  public static TenantDirectory open(
      TenantVault vault,
      TenantDocuments documents,
      RandomGenerator random,
      InstantSource clock,
      List<TenantEntry> file) {
    TenantBook known = vault.load();
    Map<TenantId, TenantSettings> byId = byId(file);
    TenantBook now = Lives.after(known, byId.keySet());
    if (!now.equals(known)) {
      now = Lives.next(now);
      Change change = new Change(clock.instant(), "file", "file.load", "", "", "");
      vault.saveWhereItCan(now, List.of(change));
    }
    return new TenantDirectory(vault, documents, random, clock, byId, now);
  }

  private static Map<TenantId, TenantSettings> byId(List<TenantEntry> entries) {
    var byId = new HashMap<TenantId, TenantSettings>();
    entries.forEach(entry -> byId.put(entry.id(), entry.settings()));
    return byId;
  }

  /// Makes what a snapshot needs before it can be in force.
  @FunctionalInterface
  public interface Trial {
    /// @throws IllegalArgumentException saying what cannot be made: the snapshot is then refused
    void prepare(Tenants next);
  }

  /// Has every snapshot tried before it is made durable and put in force.
  public synchronized void tryWith(Trial each) {
    trial = each;
  }

  /// The snapshot in force.
  public TenantRegistry registry() {
    return registry;
  }

  /// All tenants by name.
  public synchronized List<TenantView> all() {
    return registry.current().all().stream()
        .sorted(Comparator.comparing(TenantConfig::id))
        .map(this::view)
        .toList();
  }

  /// One tenant.
  public synchronized Optional<TenantView> find(TenantId id) {
    return registry.current().byId(id).map(this::view);
  }

  /// Whether there was such a tenant, and is no more.
  public synchronized boolean hasEnded(LaneKey lane) {
    Life life = book.lives().get(lane.tenant());
    return life != null
        && (life.incarnation() > lane.incarnation()
            || (life.incarnation() == lane.incarnation() && !life.present()));
  }

  /// All tenants that there were and that are no more.
  public synchronized List<LaneKey> ended() {
    var ended = new ArrayList<LaneKey>();
    book.lives()
        .forEach((id, life) -> {
          int last = life.present() ? life.incarnation() - 1 : life.incarnation();
          for (int i = 1; i <= last; i++) {
            ended.add(new LaneKey(id, i));
          }
        });
    return ended;
  }

  private TenantView view(TenantConfig config) {
    Origin origin = file.containsKey(config.id()) ? Origin.FILE : Origin.API;
    List<KeyView> keys =
        config.access().keys().stream()
            .map(key -> {
              Optional<StoredKey> stored =
                  Optional.ofNullable(book.keys().get(new KeyPlace(config.id(), key.id())));
              return new KeyView(
                  key,
                  stored.isPresent() ? Origin.API : Origin.FILE,
                  stored.map(StoredKey::created));
            })
            .toList();
    return new TenantView(config, origin, keys);
  }

  // --- the file

  /// Takes the tenants of a changed file, all of them or none.
  public synchronized Result<Integer> fileChanged(List<TenantEntry> entries) {
    Map<TenantId, TenantSettings> next = byId(entries);
    if (next.equals(file)) {
      return new Result.Done<>(next.size());
    }
    TenantBook after = Lives.after(book, next.keySet());
    try {
      Tenants snapshot = snapshot(next, after);
      trial.prepare(snapshot);
      String detail = Integer.toString(next.size()) + " tenants in the file";
      after = Lives.next(after);
      vault.saveWhereItCan(
          after, List.of(new Change(clock.instant(), "file", "file.reload", "", "", detail)));
      file = next;
      book = after;
      registry.replace(snapshot);
      return new Result.Done<>(next.size());
    } catch (IllegalArgumentException e) {
      return new Result.Invalid<>(List.of(new Problem("", String.valueOf(e.getMessage()))));
    }
  }

  // --- tenants

  /// Makes a tenant.
  public synchronized Result<TenantView> create(String actor, Bytes json) {
    TenantDocuments.Read read = documents.read(json);
    if (!read.problems().isEmpty() || read.entry().isEmpty()) {
      return new Result.Invalid<>(read.problems());
    }
    TenantId id = read.entry().get().id();
    if (registry.current().byId(id).isPresent()) {
      return new Result.Conflict<>("there is a tenant " + id + " already");
    }
    return put(actor, "tenant.create", id, json);
  }

  /// Gives a tenant that the API made other settings.
  public synchronized Result<TenantView> replace(String actor, TenantId id, Bytes json) {
    Optional<Result<TenantView>> locked = readOnly(id);
    if (locked.isPresent()) {
      return locked.get();
    }
    TenantDocuments.Read read = documents.read(json);
    if (!read.problems().isEmpty() || read.entry().isEmpty()) {
      return new Result.Invalid<>(read.problems());
    }
    if (!read.entry().get().id().equals(id)) {
      return new Result.Conflict<>("a tenant keeps its id: make another one and delete this one");
    }
    return put(actor, "tenant.update", id, json);
  }

  private Result<TenantView> put(String actor, String action, TenantId id, Bytes json) {
    var next = new HashMap<>(book.documents());
    next.put(id, json.toString());
    return commit(with(next, book.keys()), change(actor, action, id, "", ""), id);
  }

  /// Ends a tenant that the API made. Its keys go with it; its events that are on their way stay.
  public synchronized Result<TenantId> delete(String actor, TenantId id) {
    Optional<Result<TenantId>> locked = readOnly(id);
    if (locked.isPresent()) {
      return locked.get();
    }
    var next = new HashMap<>(book.documents());
    next.remove(id);
    return commit(with(next, book.keys()), change(actor, "tenant.delete", id, "", ""), () -> id);
  }

  private <T> Optional<Result<T>> readOnly(TenantId id) {
    if (registry.current().byId(id).isEmpty()) {
      return Optional.of(missing(id));
    }
    return file.containsKey(id)
        ? Optional.of(
            new Result.Conflict<>(
                "the tenant " + id + " is named in the file: change it there, it is watched"))
        : Optional.empty();
  }

  private static <T> Result<T> missing(TenantId id) {
    return new Result.Missing<>("there is no tenant " + id);
  }

  // --- keys

  /// A key that was just made.
  ///
  /// @param secret the key, never to be seen again
  public record FreshKey(String secret, KeyView key) {
    /// Does not show the key.
    @Override
    public String toString() {
      return key.key().id();
    }
  }

  /// Makes a key.
  ///
  /// @param lifetime how long it opens something; empty for ever
  public synchronized Result<FreshKey> createKey(
      String actor, TenantId id, String name, Set<KeyScope> scopes, Optional<Duration> lifetime) {
    if (registry.current().byId(id).isEmpty()) {
      return missing(id);
    }
    Instant now = clock.instant();
    SecretKeys.Fresh fresh = secrets.make(name, scopes, lifetime.map(now::plus));
    var keys = new HashMap<>(book.keys());
    return add(actor, "key.create", id, fresh, keys, now, "");
  }

  private Result<FreshKey> add(
      String actor,
      String action,
      TenantId id,
      SecretKeys.Fresh fresh,
      Map<KeyPlace, StoredKey> keys,
      Instant now,
      String detail) {
    keys.put(new KeyPlace(id, fresh.key().id()), new StoredKey(fresh.key(), now));
    return commit(
        with(book.documents(), keys),
        change(actor, action, id, fresh.key().id(), detail),
        () -> new FreshKey(fresh.secret(), new KeyView(fresh.key(), Origin.API, Optional.of(now))));
  }

  /// Makes a key in the place of another one, which opens for a while longer.
  public synchronized Result<FreshKey> rotateKey(
      String actor, TenantId id, String keyId, Duration overlap) {
    var place = new KeyPlace(id, keyId);
    Optional<Result<FreshKey>> locked = lockedKey(place);
    if (locked.isPresent()) {
      return locked.get();
    }
    Instant now = clock.instant();
    StoredKey old = book.keys().get(place);
    if (old == null) {
      return new Result.Missing<>("there is no key " + keyId);
    }
    ApiKey key = old.key();
    Instant end = now.plus(overlap);
    Instant expires = key.expires().filter(end::isAfter).orElse(end);
    Optional<Instant> nextExpires =
        key.expires().map(last -> now.plus(Duration.between(old.created(), last)));
    SecretKeys.Fresh fresh = secrets.make(key.name(), key.scopes(), nextExpires);
    var keys = new HashMap<>(book.keys());
    keys.put(
        place,
        new StoredKey(
            new ApiKey(key.id(), key.name(), key.hash(), key.scopes(), Optional.of(expires)),
            old.created()));
    return add(actor, "key.rotate", id, fresh, keys, now, "in the place of " + keyId);
  }

  /// Ends a key at once.
  public synchronized Result<String> revokeKey(String actor, TenantId id, String keyId) {
    var place = new KeyPlace(id, keyId);
    Optional<Result<String>> locked = lockedKey(place);
    if (locked.isPresent()) {
      return locked.get();
    }
    var keys = new HashMap<>(book.keys());
    keys.remove(place);
    return commit(
        with(book.documents(), keys), change(actor, "key.revoke", id, keyId, ""), () -> keyId);
  }

  private <T> Optional<Result<T>> lockedKey(KeyPlace place) {
    Optional<TenantConfig> tenant = registry.current().byId(place.tenant());
    if (tenant.isEmpty()) {
      return Optional.of(missing(place.tenant()));
    }
    if (book.keys().containsKey(place)) {
      return Optional.empty();
    }
    boolean inFile =
        tenant.get().access().keys().stream().anyMatch(key -> key.id().equals(place.id()));
    return Optional.of(
        inFile
            ? new Result.Conflict<>(
                "the key " + place.id() + " stands in the file: change it there")
            : new Result.Missing<>("the tenant has no key " + place.id()));
  }

  // --- committing

  private Change change(String actor, String action, TenantId id, String subject, String detail) {
    return new Change(clock.instant(), actor, action, id.value(), subject, detail);
  }

  private TenantBook with(Map<TenantId, String> nextDocuments, Map<KeyPlace, StoredKey> nextKeys) {
    return new TenantBook(book.revision(), book.lives(), nextDocuments, nextKeys);
  }

  private Result<TenantView> commit(TenantBook next, Change change, TenantId id) {
    Result<TenantId> result = commit(next, change, () -> id);
    return switch (result) {
      case Result.Done<TenantId> _ ->
          find(id)
              .<Result<TenantView>>map(Result.Done::new)
              .orElseThrow(() -> new IllegalStateException("a committed tenant is there"));
      case Result.Missing<TenantId>(String reason) -> new Result.Missing<>(reason);
      case Result.Conflict<TenantId>(String reason) -> new Result.Conflict<>(reason);
      case Result.Invalid<TenantId>(List<Problem> problems) -> new Result.Invalid<>(problems);
      case Result.Unavailable<TenantId>(String reason) -> new Result.Unavailable<>(reason);
    };
  }

  private <T> Result<T> commit(TenantBook next, Change change, Supplier<T> value) {
    TenantBook after = Lives.next(Lives.after(next, file.keySet()));
    Tenants snapshot;
    try {
      snapshot = snapshot(file, after);
      trial.prepare(snapshot);
    } catch (IllegalArgumentException e) {
      return new Result.Invalid<>(List.of(new Problem("", String.valueOf(e.getMessage()))));
    }
    try {
      vault.save(after, List.of(change));
    } catch (StateException e) {
      return new Result.Unavailable<>(
          "the state store did not take the change, nothing has changed: " + e.getMessage());
    }
    book = after;
    registry.replace(snapshot);
    return new Result.Done<>(value.get());
  }

  // --- making the snapshot

  private Tenants snapshot(Map<TenantId, TenantSettings> ofFile, TenantBook of) {
    return Tenants.of(composer.configs(ofFile, of));
  }
}
