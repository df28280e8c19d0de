package io.pulsegate.transforms.useragent;

import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import ua_parser.Client;
import ua_parser.OS;
import ua_parser.Parser;
import ua_parser.UserAgent;

/// What the patterns of the ua-parser project say of user agents. A user agent costs one to two
/// milliseconds the first time (measured), so the last ones are kept, for all tenants together: no
/// tenant learns from it what others send. Any thread.
final class KnownAgents {
  /// As much as browsers send; what is behind it says nothing, and patterns may be slow on it.
  private static final int CHARS_MAX = 512;

  private static final int KEPT_MAX = 10_000;
  private static final String UNKNOWN = "Other";
  private static final String BOT = "Spider";
  private static final Set<String> DESKTOPS =
      Set.of("Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Debian", "Chrome OS", "FreeBSD");

  private final Parser parser = new Parser();

  // The newest, and those before them, which are let go of when the newest are full.
  private volatile Map<String, JsonObject> newest = new ConcurrentHashMap<>();
  private volatile Map<String, JsonObject> older = Map.of();

  private static final class Holder {
    static final KnownAgents SHARED = new KnownAgents();
  }

  /// The only one: its patterns take a second to be read.
  static KnownAgents shared() {
    return Holder.SHARED;
  }

  /// What is known of a user agent; empty where nothing is.
  JsonObject find(String agent) {
    String text = agent.length() <= CHARS_MAX ? agent : agent.substring(0, CHARS_MAX);
    JsonObject known = newest.get(text);
    if (known != null) {
      return known;
    }
    known = older.get(text);
    JsonObject found = known == null ? parse(text) : known;
    keep(text, found);
    return found;
  }

  private synchronized void keep(String text, JsonObject found) {
    if (newest.size() >= KEPT_MAX) {
      older = newest;
      newest = new ConcurrentHashMap<>();
    }
    newest.put(text, found);
  }

  private JsonObject parse(String text) {
    Client client = parser.parse(text);
    var found = new LinkedHashMap<String, JsonValue>();
    UserAgent browser = client.userAgent;
    OS os = client.os;
    known(browser.family)
        .ifPresent(family -> {
          put(found, "browser", Optional.of(family));
          put(found, "browser_version", version(browser.major, browser.minor, browser.patch));
        });
    known(os.family)
        .ifPresent(family -> {
          put(found, "os", Optional.of(family));
          put(found, "os_version", version(os.major, os.minor, os.patch));
        });
    Optional<String> device = known(client.device.family);
    put(found, "device", device.filter(name -> !name.equals(BOT)));
    put(found, "device_type", type(text, os.family, device.orElse("")));
    return new JsonObject(found);
  }

  private static void put(Map<String, JsonValue> found, String name, Optional<String> value) {
    value.ifPresent(text -> found.put(name, new JsonText(text)));
  }

  private static Optional<String> known(@Nullable String family) {
    return Optional.ofNullable(family).filter(name -> !name.isBlank() && !name.equals(UNKNOWN));
  }

  private static Optional<String> version(@Nullable String... parts) {
    var version = new StringBuilder();
    for (String part : parts) {
      if (part == null || part.isBlank()) {
        break;
      }
      version.append(version.isEmpty() ? "" : ".").append(part);
    }
    return Optional.of(version.toString()).filter(text -> !text.isEmpty());
  }

  private static Optional<String> type(String agent, @Nullable String os, String device) {
    if (device.equals(BOT)) {
      return Optional.of("bot");
    }
    if (device.contains("iPad") || device.contains("Kindle") || agent.contains("Tablet")) {
      return Optional.of("tablet");
    }
    if (agent.contains("Mobi") || device.contains("iPhone")) {
      return Optional.of("mobile");
    }
    if (os != null && os.equals("Android")) {
      // Google's rule: without "Mobile" it is a tablet.
      return Optional.of("tablet");
    }
    return os != null && DESKTOPS.contains(os) ? Optional.of("desktop") : Optional.empty();
  }
}
