package io.pulsegate.server.tenants;

import io.pulsegate.api.TenantId;
import io.pulsegate.core.ApiKey;
import io.pulsegate.core.KeyHash;
import io.pulsegate.core.KeyScope;
import io.pulsegate.json.JsonScanner;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.state.TenantBook;
import io.pulsegate.server.state.TenantBook.KeyPlace;
import io.pulsegate.server.state.TenantBook.Life;
import io.pulsegate.server.state.TenantBook.StoredKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/// A [TenantBook] as a text file. The first line is `pulsegate-tenants 1 <CRC32C of the rest in
/// hexadecimal digits>`; every other one is a JSON array of texts that begins with its kind:
///
/// ```
/// ["revision", "7"]
/// ["life", tenant, incarnation, "true" while it is there]
/// ["tenant", tenant, settings as JSON]
/// ["key", tenant, id, name, SHA-256, created, expires or "", scope, ...]
/// ```
final class BookText {
  private static final String MAGIC = "pulsegate-tenants 1 ";

  private BookText() {}

  static byte[] write(TenantBook book) {
    var rows = new JsonWriter(4096);
    line(rows, List.of("revision", Long.toString(book.revision())));
    book.lives()
        .forEach((tenant, life) ->
            line(
                rows,
                List.of(
                    "life",
                    tenant.value(),
                    Integer.toString(life.incarnation()),
                    Boolean.toString(life.present()))));
    book.documents()
        .forEach((tenant, document) -> line(rows, List.of("tenant", tenant.value(), document)));
    book.keys().forEach((place, stored) -> line(rows, key(place, stored)));
    byte[] body = rows.toByteArray();
    byte[] head = (MAGIC + checksum(body, 0) + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] whole = new byte[head.length + body.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(body, 0, whole, head.length, body.length);
    return whole;
  }

  private static List<String> key(KeyPlace place, StoredKey stored) {
    ApiKey key = stored.key();
    var cells = new ArrayList<String>();
    cells.addAll(
        List.of(
            "key",
            place.tenant().value(),
            key.id(),
            key.name(),
            key.hash().hex(),
            stored.created().toString(),
            key.expires().map(Instant::toString).orElse("")));
    key.scopes().forEach(scope -> cells.add(scope.text()));
    return cells;
  }

  private static void line(JsonWriter json, List<String> cells) {
    json.beginArray();
    cells.forEach(json::value);
    json.endArray().newLine();
  }

  private static String checksum(byte[] bytes, int from) {
    var crc = new CRC32C();
    crc.update(bytes, from, bytes.length - from);
    return Long.toHexString(crc.getValue());
  }

  /// Reads [#write].
  ///
  /// @throws IllegalArgumentException where it is damaged, or of another release's format
  static TenantBook read(byte[] bytes) {
    int body = 0;
    while (body < bytes.length && bytes[body] != '\n') {
      body++;
    }
    String head = new String(bytes, 0, body, StandardCharsets.US_ASCII);
    if (body == bytes.length || !head.equals(MAGIC + checksum(bytes, body + 1))) {
      throw new IllegalArgumentException("it is damaged, or of a format that is not known here");
    }
    var reader = new Reader();
    String text = new String(bytes, body + 1, bytes.length - body - 1, StandardCharsets.UTF_8);
    text.lines().forEach(line -> reader.take(cells(line)));
    return new TenantBook(reader.revision, reader.lives, reader.documents, reader.keys);
  }

  private static List<String> cells(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    var scanner = new JsonScanner();
    scanner.reset(bytes, 0, bytes.length);
    var cells = new ArrayList<String>();
    scanner.enterArray();
    while (scanner.nextElement()) {
      var _ = scanner.skipValue();
      cells.add(scanner.text());
    }
    return cells;
  }

  private static final class Reader {
    long revision;
    final HashMap<TenantId, Life> lives = new HashMap<>();
    final HashMap<TenantId, String> documents = new HashMap<>();
    final HashMap<KeyPlace, StoredKey> keys = new HashMap<>();

    void take(List<String> cells) {
      switch (cells.getFirst()) {
        case "revision" -> revision = Long.parseLong(cells.get(1));
        case "life" ->
            lives.put(
                new TenantId(cells.get(1)),
                new Life(Integer.parseInt(cells.get(2)), Boolean.parseBoolean(cells.get(3))));
        case "tenant" -> documents.put(new TenantId(cells.get(1)), cells.get(2));
        case "key" -> key(cells);
        default ->
            throw new IllegalArgumentException("it has a row of the kind " + cells.getFirst());
      }
    }

    private void key(List<String> cells) {
      Set<KeyScope> scopes = new HashSet<>();
      for (String scope : cells.subList(7, cells.size())) {
        scopes.add(KeyScope.valueOf(scope.toUpperCase(Locale.ROOT)));
      }
      Optional<Instant> expires =
          Optional.of(cells.get(6)).filter(text -> !text.isEmpty()).map(Instant::parse);
      var key =
          new ApiKey(cells.get(2), cells.get(3), KeyHash.parse(cells.get(4)), scopes, expires);
      keys.put(
          new KeyPlace(new TenantId(cells.get(1)), key.id()),
          new StoredKey(key, Instant.parse(cells.get(5))));
    }
  }
}
