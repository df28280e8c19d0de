package io.pulsegate.transforms.geoip;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.json.JsonValue;
import io.pulsegate.transforms.Shapes;
import java.util.List;
import java.util.Optional;

/// Settings of `geoip_enricher`.
record GeoipConfig(Optional<String> file, List<String> fields, String target) {
  static final Setting<String> FILE =
      Setting.string(
              "file",
              "A database in the MaxMind DB format. Default: the variable GEOIP_DATABASE. Without a"
                  + " file events pass through.")
          .asOptional();
  static final Setting<JsonValue> FIELDS =
      Setting.structure(
              "fields", "List of paths of texts in which an address may stand; the first counts.")
          .orElse(
              "[\"ip\",\"ip_address\",\"client_ip\",\"remote_addr\",\"context.ip\",\"user.ip\"]");
  static final Setting<String> TARGET =
      Setting.string(
              "target",
              "Path of the field that gets country, region, city, latitude, longitude and asn, as"
                  + " far as the database knows them. One that is there already stays.")
          .orElse("geo");

  static final ComponentSpec<GeoipConfig> SPEC =
      new ComponentSpec<>(
          "geoip_enricher",
          "Adds where an IP address is, from a MaxMind DB file.",
          List.of(FILE, FIELDS, TARGET),
          settings ->
              new GeoipConfig(
                  settings.find(FILE), Shapes.texts(settings, FIELDS), settings.get(TARGET)));
}
