package io.pulsegate.server.admin;

import static io.pulsegate.server.admin.Endpoint.Field.object;
import static io.pulsegate.server.admin.Endpoint.Field.text;
import static io.pulsegate.server.admin.Endpoint.Field.texts;

import io.pulsegate.api.Setting;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.KeyScope;
import io.pulsegate.core.Quotas;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.admin.Endpoint.Access;
import io.pulsegate.server.admin.Endpoint.Call;
import io.pulsegate.server.admin.Endpoint.Field;
import io.pulsegate.server.tenants.TenantDirectory;
import io.pulsegate.server.tenants.TenantDirectory.FreshKey;
import io.pulsegate.server.tenants.TenantView;
import io.pulsegate.server.tenants.TenantView.KeyView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Tenants and their keys.
public final class TenantEndpoints {
  private static final String TENANT = "/tenants/{tenant}";
  private static final String KEY = TENANT + "/keys/{key}";

  /// A tenant's fields in a body; the configuration reference has more about each.
  private static final List<Field> SETTINGS =
      List.of(
          text("id", "Name of the tenant."),
          texts("aliases", "Other names that events may call it by."),
          new Field("public_ids", "array", "Ids for pages in browsers, with their origins."),
          object("quotas", "How much it may use."),
          Field.number("weight", "Its share of a sink that is short."),
          text("durability", "disk or memory."),
          text("replay_reach", "How far back its events can be replayed."),
          text("privacy", "standard, gdpr or hipaa."),
          object("plugins", "Its only route: transform and sinks."),
          new Field("routes", "array", "Its routes, instead of plugins."));

  private static final List<Field> NEW_KEY =
      List.of(
          text("name", "What the key is for."),
          texts("scopes", "ingest, read, admin. Default: ingest."),
          text("expires_in", "How long it opens something, such as 90d. Default: for ever."));
  private static final List<Field> ROTATION =
      List.of(text("overlap", "How long the old key still opens, such as 24h, the default."));
  private static final Duration OVERLAP = Duration.ofHours(24);

  private final TenantDirectory directory;
  private final Supplier<Optional<String>> fileTrouble;
  private final InstantSource clock;
  private final Listing<TenantView> tenants = tenants();

  /// @param fileTrouble why the file as it is now is not in force; empty while it is
  public TenantEndpoints(
      TenantDirectory directory, Supplier<Optional<String>> fileTrouble, InstantSource clock) {
    this.directory = directory;
    this.fileTrouble = fileTrouble;
    this.clock = clock;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.get(
            "/tenants", Access.READ, "All tenants.", List.of(Listing.PARAMETER), this::list),
        Endpoint.post("/tenants", Access.OPERATOR, "Make a tenant.", SETTINGS, this::create),
        Endpoint.get(TENANT, Access.READ, "One tenant.", List.of(), this::show),
        Endpoint.put(
            TENANT, Access.OPERATOR, "Give a tenant other settings.", SETTINGS, this::replace),
        Endpoint.delete(TENANT, Access.OPERATOR, "End a tenant and its keys.", this::delete),
        Endpoint.get(
            TENANT + "/keys",
            Access.READ,
            "A tenant's keys.",
            List.of(Listing.PARAMETER),
            this::keys),
        Endpoint.post(
            TENANT + "/keys",
            Access.ADMIN,
            "Make a key. The answer is the only place where it is ever seen.",
            NEW_KEY,
            this::createKey),
        Endpoint.post(
            KEY + "/rotate",
            Access.ADMIN,
            "Make a key in the place of another one, which opens for a while longer.",
            ROTATION,
            this::rotateKey),
        Endpoint.delete(KEY, Access.ADMIN, "End a key at once.", this::revokeKey));
  }

  private static Listing<TenantView> tenants() {
    return new Listing<TenantView>("tenants")
        .with("tenant", view -> view.config().id())
        .with("incarnation", view -> view.config().incarnation())
        .with("origin", view -> view.origin().name().toLowerCase(Locale.ROOT))
        .with("keys", view -> view.keys().size())
        .with("weight", view -> view.config().terms().weight())
        .with("durability", view -> lower(view.config().terms().durability()))
        .with("privacy", view -> lower(view.config().terms().privacy()))
        .with("events_per_second", view -> limit(view.config().quotas().eventsPerSecond()))
        .with("backlog_bytes", view -> limit(view.config().quotas().backlogBytes()))
        .with("routes", view -> view.config().settings().routes().size());
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String limit(long limit) {
    return limit == Quotas.UNLIMITED ? "-" : Long.toString(limit);
  }

  private PageReply list(Call call) {
    List<TenantView> own =
        directory.all().stream()
            .filter(view -> call.caller().tenant().map(view.config().id()::equals).orElse(true))
            .toList();
    PageReply reply = tenants.page(call.head(), own);
    Optional<String> trouble = fileTrouble.get();
    return trouble.isEmpty() || call.caller().tenant().isPresent()
        ? reply
        : new PageReply(
            reply.status(),
            reply.contentType(),
            java.util.Map.of(FILE_TROUBLE, oneLine(trouble.get())),
            reply.body());
  }

  /// Header of the list: why the file as it is now is not in force.
  public static final String FILE_TROUBLE = "PulseGate-File-Trouble";

  private static String oneLine(String text) {
    return text.replaceAll("[^ -~]", " ");
  }

  private PageReply create(Call call) {
    return Replies.of(
        directory.create(call.caller().actor(), call.body()),
        201,
        view -> TenantJson.of(view, true));
  }

  private PageReply show(Call call) {
    return directory
        .find(call.tenant())
        .map(view ->
            Replies.page(200, TenantJson.of(view, call.caller() instanceof Caller.Operator)))
        .orElseGet(() -> noTenant(call.tenant()));
  }

  private static PageReply noTenant(TenantId id) {
    return Replies.error(404, "there is no tenant " + id);
  }

  private PageReply replace(Call call) {
    return Replies.of(
        directory.replace(call.caller().actor(), call.tenant(), call.body()),
        200,
        view -> TenantJson.of(view, true));
  }

  private PageReply delete(Call call) {
    return Replies.of(
        directory.delete(call.caller().actor(), call.tenant()),
        200,
        id -> new JsonWriter().beginObject().field("deleted", id.value()).endObject());
  }

  private PageReply keys(Call call) {
    return directory
        .find(call.tenant())
        .map(view -> keyListing().page(call.head(), view.keys()))
        .orElseGet(() -> noTenant(call.tenant()));
  }

  private Listing<KeyView> keyListing() {
    Instant now = clock.instant();
    return new Listing<KeyView>("keys")
        .with("key", view -> view.key().id())
        .with("name", view -> view.key().name())
        .with(
            "scopes",
            view -> String.join(",", scopes(view)),
            view -> {
              var json = new JsonWriter().beginArray();
              scopes(view).forEach(json::value);
              return json.endArray();
            })
        .with("origin", view -> lower(view.origin()))
        .with("created", view -> view.created().map(Instant::toString).orElse("-"))
        .with("expires", view -> view.key().expires().map(Instant::toString).orElse("-"))
        .with("expired", view -> view.key().isExpired(now));
  }

  private static List<String> scopes(KeyView view) {
    return view.key().scopes().stream().sorted().map(KeyScope::text).toList();
  }

  private PageReply createKey(Call call) {
    JsonFields body = JsonFields.read(call.body(), NEW_KEY);
    String name = body.find("name").orElse("");
    if (name.length() > 128) {
      throw new IllegalArgumentException("name has at most 128 characters");
    }
    Set<KeyScope> scopes = scopes(body.all("scopes"), call.caller());
    Optional<Duration> lifetime = body.find("expires_in").map(TenantEndpoints::lifetime);
    return fresh(directory.createKey(call.caller().actor(), call.tenant(), name, scopes, lifetime));
  }

  /// **A key makes no key that may more than itself.**
  private static Set<KeyScope> scopes(List<String> texts, Caller caller) {
    if (texts.isEmpty()) {
      return EnumSet.of(KeyScope.INGEST);
    }
    Set<KeyScope> scopes = texts.stream().map(TenantEndpoints::scope).collect(Collectors.toSet());
    requireNoMore(scopes, caller);
    return scopes;
  }

  private static void requireNoMore(Set<KeyScope> scopes, Caller caller) {
    for (KeyScope scope : scopes) {
      if (scope != KeyScope.INGEST && !caller.may(scope)) {
        throw new IllegalArgumentException(
            "a key that may not " + scope.text() + " can make none that may");
      }
    }
  }

  private static KeyScope scope(String text) {
    try {
      return KeyScope.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("scopes are ingest, read and admin, was " + text, e);
    }
  }

  private static Duration lifetime(String text) {
    Duration lifetime = Setting.parseDuration(text);
    if (!lifetime.isPositive()) {
      throw new IllegalArgumentException("expires_in must be more than 0");
    }
    return lifetime;
  }

  private PageReply rotateKey(Call call) {
    JsonFields body = JsonFields.read(call.body(), ROTATION);
    Duration overlap = body.find("overlap").map(Setting::parseDuration).orElse(OVERLAP);
    directory
        .find(call.tenant())
        .ifPresent(view ->
            view.keys().stream()
                .filter(each -> each.key().id().equals(call.part("key")))
                .forEach(each -> requireNoMore(each.key().scopes(), call.caller())));
    return fresh(
        directory.rotateKey(call.caller().actor(), call.tenant(), call.part("key"), overlap));
  }

  private PageReply fresh(io.pulsegate.server.tenants.Result<FreshKey> result) {
    return Replies.of(
        result,
        201,
        made -> {
          var json = new JsonWriter().beginObject().field("secret", made.secret()).name("key");
          return keyListing().write(json, made.key()).endObject();
        });
  }

  private PageReply revokeKey(Call call) {
    return Replies.of(
        directory.revokeKey(call.caller().actor(), call.tenant(), call.part("key")),
        200,
        id -> new JsonWriter().beginObject().field("revoked", id).endObject());
  }
}
