package io.pulsegate.server.tenants;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.ApiKey;
import io.pulsegate.core.TenantConfig;
import io.pulsegate.core.TenantSettings;
import io.pulsegate.core.Tenants;
import io.pulsegate.server.config.TenantDocuments;
import io.pulsegate.server.state.TenantBook;
import io.pulsegate.server.state.TenantBook.StoredKey;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes tenants of what the file says and what the book holds; the file goes first. Guarded by its
/// owner.
final class Composer {
  private static final System.Logger LOG = System.getLogger(Composer.class.getName());

  private final TenantDocuments documents;
  private final Map<TenantId, Parsed> parsed = new HashMap<>();

  private record Parsed(String document, Optional<TenantSettings> settings) {}

  Composer(TenantDocuments documents) {
    this.documents = documents;
  }

  List<TenantConfig> configs(Map<TenantId, TenantSettings> file, TenantBook book) {
    Map<TenantId, List<StoredKey>> keys = new HashMap<>();
    book.keys()
        .forEach(
            (place, key) -> keys.computeIfAbsent(place.tenant(), _ -> new ArrayList<>()).add(key));
    var configs = new ArrayList<TenantConfig>();
    file.forEach((id, settings) -> configs.add(config(id, settings, book, keys)));
    parsed.keySet().retainAll(book.documents().keySet());
    book.documents()
        .forEach((id, document) -> {
          if (!file.containsKey(id)) {
            settings(id, document)
                .ifPresent(settings -> configs.add(config(id, settings, book, keys)));
          }
        });
    return configs;
  }

  /// The tenants at a start. Where one that the API made has come to clash with the file, it is
  /// left out, and that is logged: the file holds.
  Tenants whatFits(Map<TenantId, TenantSettings> file, TenantBook book) {
    List<TenantConfig> all = configs(file, book);
    try {
      return Tenants.of(all);
    } catch (IllegalArgumentException clash) {
      var fitting = new ArrayList<TenantConfig>();
      for (TenantConfig config : all) {
        fitting.add(config);
        try {
          var _ = Tenants.of(fitting);
        } catch (IllegalArgumentException e) {
          fitting.removeLast();
          LOG.log(
              Level.ERROR,
              "tenant {0} is left out until it is changed: {1}",
              config.id(),
              e.getMessage());
        }
      }
      return Tenants.of(fitting);
    }
  }

  private Optional<TenantSettings> settings(TenantId id, String document) {
    Parsed known = parsed.get(id);
    if (known != null && known.document().equals(document)) {
      return known.settings();
    }
    TenantDocuments.Read read = documents.read(Bytes.of(document));
    read.problems()
        .forEach(problem ->
            LOG.log(
                Level.ERROR,
                "tenant {0} is kept as far as this release and its sinks can read it: {1}",
                id,
                problem.text()));
    Optional<TenantSettings> settings = read.entry().map(entry -> entry.settings());
    parsed.put(id, new Parsed(document, settings));
    return settings;
  }

  private static TenantConfig config(
      TenantId id,
      TenantSettings settings,
      TenantBook book,
      Map<TenantId, List<StoredKey>> keysOfAll) {
    var keys = new ArrayList<ApiKey>(settings.access().keys());
    keysOfAll.getOrDefault(id, List.of()).stream()
        .sorted(Comparator.comparing(StoredKey::created))
        .forEach(stored -> keys.add(stored.key()));
    return new TenantConfig(id, book.incarnation(id), settings.withKeys(keys));
  }
}
