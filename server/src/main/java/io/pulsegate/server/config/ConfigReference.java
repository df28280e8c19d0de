package io.pulsegate.server.config;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.SinkFactory;
import io.pulsegate.api.TransformFactory;
import io.pulsegate.ingress.kafka.KafkaSourceConfig;
import io.pulsegate.server.plugins.Components;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The reference page of the configuration, made from the declarations.
public final class ConfigReference {
  private ConfigReference() {}

  /// The page as Markdown.
  public static String render(Components components) {
    var page = new StringBuilder();
    page.append(
        """
        # Configuration

        <!-- Generated from the declarations in the code by ReferencePagesTest; do not edit. -->

        `pulsegate serve` reads `--config FILE`, else `PULSEGATE_CONFIG`, else `pulsegate.yaml` in the
        current folder where there is one. A flag goes before an environment variable, a variable before
        the file, the file before the default. `pulsegate check` prints every problem with its line, or
        every value in force with its origin.

        `${NAME}` and `${NAME:-default}` in a value stand for an environment variable; `$${` stands for
        `${`. Sizes are written `64MiB`, `512k` or in bytes; durations `250ms`, `10s`, `1h30m`.
        """);
    Keys.SECTIONS.forEach((section, summary) -> {
      page.append("\n## ").append(section.isEmpty() ? summary : "`" + section + "`").append("\n\n");
      if (!section.isEmpty()) {
        page.append(summary).append("\n\n");
      }
      page.append("| Key | Type | Default | Flag, variable | What it does |\n");
      page.append("| --- | --- | --- | --- | --- |\n");
      for (Key<?> key : Keys.ALL) {
        if (key.section().equals(section)) {
          row(page, key);
        }
      }
    });
    tenants(page);
    dialects(page);
    page.append(
        """

        ## `sinks`

        A map from a name to a `type` and its settings. Where the file has no `sinks`, there is one:
        `postgres` where `DATABASE_URL` is set (and `kafka` where `KAFKA_BOOTSTRAP_SERVERS` is: its settings
        are the variables `KAFKA_TOPIC` and so on), the embedded `duckdb` otherwise. A route that names a type,
        such as `postgres_sink`, brings a sink of that type along where the file has none: its settings
        are the route's, else those of the environment, such as `DATABASE_URL` or `KAFKA_BROKERS`.

        All of them have:

        """);
    settings(page, List.of(SinksReader.ON_POISON));
    components.sinks().values().stream()
        .map(SinkFactory::spec)
        .sorted(Comparator.comparing(ComponentSpec::name))
        .forEach(spec -> component(page, "type: " + spec.name(), spec));
    page.append(
        """

        ## `sources`

        Where events come from beside HTTP: a map from a name to a `type` and its settings.
        """);
    component(page, "type: " + KafkaSourceConfig.SPEC.name(), KafkaSourceConfig.SPEC);
    page.append(
        """

        ## Transforms

        Named in the `transform` of a route, with their settings in `config`; see
        [transforms](../transforms.md). Names and settings are checked before a change takes effect. Those of
        [plugins](../plugins.md) are listed by `pulsegate plugins`.
        """);
    components.transforms().values().stream()
        .map(TransformFactory::spec)
        .sorted(Comparator.comparing(ComponentSpec::name))
        .forEach(spec -> component(page, "name: " + spec.name(), spec));
    return page.toString();
  }

  private static void row(StringBuilder page, Key<?> key) {
    var given = new StringBuilder();
    for (String flag : key.flags()) {
      given.append('`').append(flag).append("` ");
    }
    for (String variable : key.variables()) {
      given.append('`').append(variable).append("` ");
    }
    Setting<?> setting = key.setting();
    page.append(
        "| `%s` | %s | %s | %s | %s |\n"
            .formatted(
                setting.name(),
                type(setting),
                standard(setting),
                given.toString().strip(),
                cell(setting.summary())));
  }

  private static void tenants(StringBuilder page) {
    page.append(
        """

        ## `tenants`

        A list. Where the file has none, there is one tenant `demo`; its key is the variable
        `PULSEGATE_KEY`, else `demo`, which opens loopback only: with it the server refuses to listen
        on any other address.

        """);
    settings(page, TenantKeys.TENANT);
    page.append(
        """

        The file is watched: a change of its tenants takes effect within seconds, once all of it has been
        checked; where something is wrong, what was in force stays, and the log and
        `pulsegate tenants` say why. Tenants that are not in the file can be made with
        `pulsegate tenants create`; those of the file are read-only there.
        """);
    part(page, "`quotas`", TenantKeys.QUOTA);
    part(page, "One of `keys` as a map", TenantKeys.KEY_MAP);
    part(page, "One of `public_ids`", TenantKeys.PUBLIC_ID_MAP);
    part(page, "One of `routes`", TenantKeys.ROUTE);
    part(page, "One of `fields` of a route", TenantKeys.FIELD_TEST);
    part(page, "One of `transform` or `sinks`", TenantKeys.COMPONENT);
  }

  private static void part(StringBuilder page, String title, List<Setting<?>> settings) {
    page.append("\n### ").append(title).append("\n\n");
    settings(page, settings);
  }

  private static void dialects(StringBuilder page) {
    page.append(
        """

        ## `dialects`

        How clients of the other wire formats, which send no key, come to a tenant. Where the file has
        neither `tenants` nor `dialects`, `PULSEGATE_KEY` is not set and the server listens on loopback,
        each is bound to `demo`. A request that brings a key belongs to the key's tenant in every format.
        """);
    DialectKeys.ALL.forEach((dialect, settings) -> {
      page.append("\n### `").append(dialect).append("`\n\n");
      settings(page, settings);
      DialectKeys.LISTS
          .getOrDefault(dialect, Map.of())
          .forEach((list, fields) -> {
            page.append("\nEach of the list `").append(list).append("`:\n\n");
            settings(page, fields);
          });
    });
  }

  private static void component(StringBuilder page, String title, ComponentSpec<?> spec) {
    page.append("\n### `").append(title).append("`\n\n");
    page.append(spec.summary()).append("\n\n");
    settings(page, spec.settings());
  }

  private static void settings(StringBuilder page, List<Setting<?>> settings) {
    page.append("| Key | Type | Default | What it does |\n| --- | --- | --- | --- |\n");
    for (Setting<?> setting : settings) {
      page.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  setting.name(), type(setting), standard(setting), cell(setting.summary())));
    }
  }

  private static String type(Setting<?> setting) {
    String type =
        setting.type() == Setting.Type.CHOICE
            ? String.join(" or ", setting.choices())
            : setting.type().name().toLowerCase(Locale.ROOT);
    return setting.isSecret() ? type + ", secret" : type;
  }

  private static String standard(Setting<?> setting) {
    return setting
        .defaultText()
        .map(text -> "`" + text + "`")
        .orElse(setting.isRequired() ? "required" : "");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
