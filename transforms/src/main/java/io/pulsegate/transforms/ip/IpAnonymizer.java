package io.pulsegate.transforms.ip;

import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonArray;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import io.pulsegate.transforms.Fields;
import io.pulsegate.transforms.IpText;
import io.pulsegate.transforms.KeyedHash;
import io.pulsegate.transforms.ip.IpAnonymizerConfig.Method;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/// Makes the IP addresses in some fields coarser or unreadable. An IPv4 address written as IPv6
/// counts as IPv4.
final class IpAnonymizer implements Transform {
  private static final int V6_KEPT_GROUPS = 3;

  private final IpAnonymizerConfig config;
  private final KeyedHash hash;

  IpAnonymizer(IpAnonymizerConfig config, KeyedHash hash) {
    this.config = config;
    this.hash = hash;
  }

  @Override
  public Verdict apply(TransformEvent event) {
    JsonObject payload = event.payload();
    for (String path : config.fields()) {
      payload = Fields.change(payload, path, value -> Optional.of(anonymous(value)));
    }
    return new Verdict.Keep(payload.equals(event.payload()) ? event : event.withPayload(payload));
  }

  private JsonValue anonymous(JsonValue value) {
    return switch (value) {
      case JsonText(String text) -> new JsonText(IpText.replaceAll(text, this::anonymous));
      case JsonArray(List<JsonValue> elements) ->
          new JsonArray(elements.stream().map(this::anonymous).toList());
      default -> value;
    };
  }

  private String anonymous(InetAddress address) {
    return config.method() == Method.HASH ? hash.of(address.getHostAddress()) : network(address);
  }

  private static String network(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      return "%d.%d.%d.0".formatted(bytes[0] & 0xff, bytes[1] & 0xff, bytes[2] & 0xff);
    }
    var groups = new StringBuilder();
    int end = V6_KEPT_GROUPS;
    while (end > 0 && group(bytes, end - 1) == 0) {
      end--;
    }
    for (int i = 0; i < end; i++) {
      groups.append(i == 0 ? "" : ":").append(Integer.toHexString(group(bytes, i)));
    }
    return groups.append("::").toString();
  }

  private static int group(byte[] bytes, int i) {
    return (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
  }
}
