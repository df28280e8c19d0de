package io.pulsegate.transforms.ip;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.json.JsonValue;
import io.pulsegate.transforms.Shapes;
import java.util.List;

/// Settings of `ip_anonymizer`.
record IpAnonymizerConfig(List<String> fields, Method method) {
  /// What becomes of an address.
  enum Method {
    TRUNCATE,
    HASH
  }

  static final Setting<JsonValue> FIELDS =
      Setting.structure(
              "fields", "List of paths of texts in which addresses stand, alone or among others.")
          .orElse(
              "[\"ip\",\"ip_address\",\"client_ip\",\"remote_addr\",\"context.ip\",\"user.ip\"]");
  static final Setting<Method> METHOD =
      Setting.choice(
              "method",
              Method.class,
              "Truncate keeps the network (/24, or /48 of IPv6); hash puts a code in its place from"
                  + " which only the same address is recognised.")
          .orElse("truncate");

  static final ComponentSpec<IpAnonymizerConfig> SPEC =
      new ComponentSpec<>(
          "ip_anonymizer",
          "Makes IP addresses coarser or unreadable.",
          List.of(FIELDS, METHOD),
          settings -> new IpAnonymizerConfig(Shapes.texts(settings, FIELDS), settings.get(METHOD)));
}
