package io.pulsegate.server.door;

import io.pulsegate.api.Code;
import io.pulsegate.api.Identity;
import io.pulsegate.api.Metrics;
import io.pulsegate.server.config.DialectsConfig.Attribution;
import io.pulsegate.server.config.DialectsConfig.Domain;
import io.pulsegate.server.config.DialectsConfig.Lookup;
import io.pulsegate.server.door.DomainService.Answer;
import io.pulsegate.server.systems.CollectionLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Decides which client a domain belongs to: by the table of the configuration, else by the
/// service, whose answers are remembered.
///
/// An answer holds for its time; then the service is asked again, once however many wait. While it
/// fails, an earlier answer goes on to hold for the stale time; without one, senders are told to
/// come again. A refusal is remembered briefly. Any thread; never blocks.
final class DomainAuthority {
  /// Domains remembered at once; the one asked for longest ago makes room.
  private static final int REMEMBERED_MAX = 20_000;

  /// Domains being looked up at once: a flood of made-up ones must not become a flood of requests.
  private static final int LOOKUPS_MAX = 64;

  private static final Duration COME_AGAIN = Duration.ofSeconds(1);

  /// How long a failure is remembered, so that a service that is down is asked once a while only.
  private static final Duration FAILED = Duration.ofSeconds(1);

  private final Map<String, Domain> table;
  private final Optional<Lookup> lookup;
  private final DomainService service;
  private final Attributions attributions;
  private final AuditTrail audit;
  private final CollectionLog lines;
  private final InstantSource clock;
  private final Metrics.Counter failures;
  private final Map<String, Memo> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Memo> eldest) {
          return size() > REMEMBERED_MAX && eldest.getValue().running.isEmpty();
        }
      };
  private int running;
  private volatile Optional<String> trouble = Optional.empty();

  /// What is remembered of one domain. Guarded by [#entries].
  private static final class Memo {
    Optional<Answer> answer = Optional.empty();
    Instant answeredAt = Instant.MIN;
    Instant failedAt = Instant.MIN;
    Optional<CompletableFuture<Identity>> running = Optional.empty();
  }

  DomainAuthority(
      Attribution attribution,
      DomainService service,
      Attributions attributions,
      AuditTrail audit,
      CollectionLog lines,
      Metrics metrics,
      InstantSource clock) {
    this.table = attribution.domains();
    this.lookup = attribution.lookup();
    this.service = service;
    this.attributions = attributions;
    this.audit = audit;
    this.lines = lines;
    this.clock = clock;
    this.failures = metrics.counter(DoorMetric.ATTRIBUTION_FAILURES);
  }

  /// What is wrong with the service, as far as is known.
  Optional<String> trouble() {
    return trouble;
  }

  /// Who sends for a domain; completed already where that is remembered. Never fails.
  CompletableFuture<Identity> identify(String name) {
    String domain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    Domain listed = table.get(domain);
    if (listed != null) {
      return done(attributions.admit(domain, listed));
    }
    if (lookup.isEmpty()) {
      return done(refused(domain, "the domain is not in the table"));
    }
    if (!DomainService.isDomain(domain)) {
      return done(refused(domain, "siteId is not a domain name"));
    }
    synchronized (entries) {
      Memo entry = entries.computeIfAbsent(domain, any -> new Memo());
      Instant now = clock.instant();
      Optional<Identity> remembered = remembered(domain, entry, lookup.get(), now);
      if (remembered.isPresent()) {
        return done(remembered.get());
      }
      if (entry.running.isPresent()) {
        return entry.running.get();
      }
      if (running >= LOOKUPS_MAX) {
        return done(unavailable("more domains are being looked up than may"));
      }
      return ask(domain, entry);
    }
  }

  private static CompletableFuture<Identity> done(Identity identity) {
    return CompletableFuture.completedFuture(identity);
  }

  private Optional<Identity> remembered(String domain, Memo entry, Lookup rules, Instant now) {
    if (entry.answer.isEmpty()) {
      return failedLately(entry, now)
          ? Optional.of(unavailable("the domain service does not answer"))
          : Optional.empty();
    }
    Duration age = Duration.between(entry.answeredAt, now);
    return switch (entry.answer.get()) {
      case Answer.Refused(String reason) ->
          age.compareTo(rules.refused()) < 0 ? Optional.of(forbidden()) : Optional.empty();
      case Answer.Authorised(Domain known) when !attributions.knows(known.client()) ->
          Optional.empty();
      case Answer.Authorised(Domain known) -> {
        boolean holds =
            age.compareTo(rules.fresh()) < 0
                || (failedLately(entry, now)
                    && age.compareTo(rules.fresh().plus(rules.stale())) < 0);
        if (holds) {
          yield Optional.of(attributions.admit(domain, known));
        }
        yield failedLately(entry, now)
            ? Optional.of(unavailable("the domain service does not answer"))
            : Optional.empty();
      }
      case Answer.Failed(String reason) -> Optional.empty();
    };
  }

  private static boolean failedLately(Memo entry, Instant now) {
    return !entry.failedAt.equals(Instant.MIN) && now.isBefore(entry.failedAt.plus(FAILED));
  }

  /// Starts a lookup. Called with the lock.
  private CompletableFuture<Identity> ask(String domain, Memo entry) {
    var asked = new CompletableFuture<Identity>();
    entry.running = Optional.of(asked);
    running++;
    var _ =
        service
            .ask(domain)
            .handle((answer, bug) -> {
              settle(
                  domain,
                  entry,
                  asked,
                  bug == null
                      ? provisioned(answer)
                      : new Answer.Failed(String.valueOf(bug.getMessage())));
              return domain;
            });
    return asked;
  }

  /// On the lookup's thread, which may wait for the state store.
  private Answer provisioned(Answer answer) {
    return answer instanceof Answer.Authorised(Domain known)
        ? attributions.provision(known.client()).<Answer>map(Answer.Failed::new).orElse(answer)
        : answer;
  }

  private void settle(String domain, Memo entry, CompletableFuture<Identity> asked, Answer answer) {
    Identity identity;
    synchronized (entries) {
      entry.running = Optional.empty();
      running--;
      identity = decide(domain, entry, answer, clock.instant());
    }
    asked.complete(identity);
  }

  private Identity decide(String domain, Memo entry, Answer answer, Instant now) {
    return switch (answer) {
      case Answer.Authorised(Domain known) -> {
        remember(entry, answer, now);
        audit.record(domain, "authorized", known.client().value(), known.privacy().name());
        yield attributions.admit(domain, known);
      }
      case Answer.Refused(String reason) -> {
        remember(entry, answer, now);
        yield refused(domain, reason);
      }
      case Answer.Failed(String reason) -> {
        entry.failedAt = now;
        trouble = Optional.of(reason);
        failures.add(1);
        Duration age = Duration.between(entry.answeredAt, now);
        Lookup rules = lookup.orElseThrow();
        if (entry.answer.isPresent()
            && entry.answer.get() instanceof Answer.Authorised(Domain known)
            && age.compareTo(rules.fresh().plus(rules.stale())) < 0) {
          audit.record(domain, "stale", known.client().value(), reason);
          yield attributions.admit(domain, known);
        }
        audit.record(domain, "unavailable", "", reason);
        yield unavailable("the domain service does not answer");
      }
    };
  }

  private void remember(Memo entry, Answer answer, Instant now) {
    entry.answer = Optional.of(answer);
    entry.answeredAt = now;
    entry.failedAt = Instant.MIN;
    trouble = Optional.empty();
  }

  private Identity refused(String domain, String reason) {
    failures.add(1);
    audit.record(domain, "refused", "", reason);
    lines.refused(domain, reason);
    return forbidden();
  }

  private static Identity forbidden() {
    return new Identity.Refused(
        Code.FORBIDDEN, "the domain in siteId is not authorized", Duration.ZERO);
  }

  private static Identity unavailable(String reason) {
    return new Identity.Refused(Code.UNAVAILABLE, reason + "; nothing was kept", COME_AGAIN);
  }
}
