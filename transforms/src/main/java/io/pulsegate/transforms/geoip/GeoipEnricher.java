package io.pulsegate.transforms.geoip;

import com.maxmind.db.Reader;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import io.pulsegate.transforms.Fields;
import io.pulsegate.transforms.IpText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Adds what a database knows about an event's IP address.
final class GeoipEnricher implements Transform {
  private static final int V4 = 4;

  /// What is added -> where it stands: in flat databases, then in MaxMind's layout.
  private static final Map<String, List<String>> PLACES = new LinkedHashMap<>();

  static {
    PLACES.put("country", List.of("country_code", "country.iso_code"));
    PLACES.put("region", List.of("state1", "region", "subdivisions.iso_code"));
    PLACES.put("city", List.of("city", "city.names.en"));
    PLACES.put("latitude", List.of("latitude", "location.latitude"));
    PLACES.put("longitude", List.of("longitude", "location.longitude"));
    PLACES.put("asn", List.of("autonomous_system_number"));
  }

  private final GeoipConfig config;
  private final Reader reader;

  GeoipEnricher(GeoipConfig config, Reader reader) {
    this.config = config;
    this.reader = reader;
  }

  @Override
  public Verdict apply(TransformEvent event) {
    JsonObject payload = event.payload();
    Optional<InetAddress> address =
        config.fields().stream()
            .flatMap(path -> payload.at(path).stream())
            .flatMap(value ->
                value instanceof JsonText(String text)
                    ? IpText.first(text).stream()
                    : Optional.<InetAddress>empty().stream())
            .findFirst();
    if (address.isEmpty()
        || payload.at(config.target()).isPresent()
        || !Fields.hasRoomAt(payload, config.target())) {
      return new Verdict.Keep(event);
    }
    try {
      JsonObject found = lookUp(address.get());
      return new Verdict.Keep(
          found.fields().isEmpty()
              ? event
              : event.withPayload(payload.withAt(config.target(), found)));
    } catch (IOException e) {
      return new Verdict.Fail("geoip_database", "the database cannot be read", true);
    }
  }

  private JsonObject lookUp(InetAddress address) throws IOException {
    var found = new LinkedHashMap<String, JsonValue>();
    // A database of IPv4 alone answers an IPv6 address wrongly.
    if (reader.getMetadata().ipVersion() == V4 && address instanceof Inet6Address) {
      return JsonObject.EMPTY;
    }
    Optional<Map<?, ?>> row = Optional.ofNullable(reader.get(address, Map.class));
    if (row.isPresent()) {
      PLACES.forEach((name, places) ->
          places.stream()
              .flatMap(place -> leaf(row.get(), place).stream())
              .findFirst()
              .ifPresent(value -> found.put(name, value)));
    }
    return new JsonObject(found);
  }

  private static Optional<JsonValue> leaf(Object row, String path) {
    Optional<Object> value = Optional.of(row);
    for (String name : path.split("\\.", -1)) {
      value = value.flatMap(each -> step(each, name));
    }
    return value.flatMap(GeoipEnricher::json);
  }

  private static Optional<Object> step(Object value, String name) {
    Object inner = value instanceof List<?> list && !list.isEmpty() ? list.getFirst() : value;
    return inner instanceof Map<?, ?> map ? Optional.ofNullable(map.get(name)) : Optional.empty();
  }

  private static Optional<JsonValue> json(Object value) {
    return switch (value) {
      case String text when !text.isEmpty() -> Optional.of(new JsonText(text));
      case Number number -> Optional.of(JsonNumber.of(new BigDecimal(number.toString())));
      default -> Optional.empty();
    };
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
