package io.pulsegate.sinks.s3;

import io.pulsegate.api.Batch;
import io.pulsegate.api.Slice;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Mixed;
import io.pulsegate.api.WriteResult.SliceResult;
import io.pulsegate.api.WriteResult.Unavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;

/// Looks for the buckets of tenants before anything of theirs is staged, so that a tenant whose own
/// bucket is missing holds up nobody else. One thread.
final class Buckets {
  private static final Duration FOUND_FOR = Duration.ofMinutes(10);

  private final BucketTemplate template;
  private final ObjectStore store;
  private final InstantSource clock;
  private final Map<String, Instant> found = new HashMap<>();

  Buckets(BucketTemplate template, ObjectStore store, InstantSource clock) {
    this.template = template;
    this.store = store;
    this.clock = clock;
  }

  /// What the batch comes to where a tenant has no bucket; empty where all have, or share one, or
  /// the store does not answer, which is found out when objects are sent.
  Optional<Mixed> missing(Batch batch) {
    if (!template.isPerTenant()) {
      return Optional.empty();
    }
    List<SliceResult> results = new ArrayList<>();
    boolean any = false;
    try {
      for (Slice slice : batch.slices()) {
        Optional<Unavailable> trouble = trouble(slice.tenant());
        any |= trouble.isPresent();
        results.add(new SliceResult(slice.firstOffset(), List.of(), trouble));
      }
    } catch (SdkException noAnswer) {
      return Optional.empty();
    }
    return any ? Optional.of(new Mixed(results)) : Optional.empty();
  }

  private Optional<Unavailable> trouble(TenantId tenant) {
    Optional<String> bucket = template.of(tenant);
    if (bucket.isEmpty()) {
      return misconfigured(
          "the tenant's id makes no bucket's name of %s; name one in buckets"
              .formatted(template.text()));
    }
    String name = bucket.get();
    Instant now = clock.instant();
    if (now.isBefore(found.getOrDefault(name, Instant.MIN))) {
      return Optional.empty();
    }
    Optional<Unavailable> trouble = store.troubleWith(name);
    if (trouble.isEmpty()) {
      found.put(name, now.plus(FOUND_FOR));
    }
    return trouble.flatMap(it -> misconfigured("bucket " + name + ": " + it.reason()));
  }

  private static Optional<Unavailable> misconfigured(String reason) {
    return Optional.of(new Unavailable(Cause.MISCONFIGURED, reason, Optional.empty()));
  }
}
