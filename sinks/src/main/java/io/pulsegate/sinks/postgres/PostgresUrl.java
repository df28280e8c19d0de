package io.pulsegate.sinks.postgres;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/// Where a PostgreSQL is and how to log in: `postgres://` and `postgresql://` as libpq reads them,
/// or the driver's own `jdbc:postgresql://`. Never shows the password.
///
/// libpq's documentation, "Connection URIs": parts are percent-encoded, each may be left out, and
/// each may be given as a parameter instead, which wins. Environment variables, password files and
/// Unix sockets are not read.
final class PostgresUrl {
  /// libpq's names that mean the same to the driver under another name.
  private static final Map<String, PGProperty> PARAMETERS =
      Map.ofEntries(
          Map.entry("user", PGProperty.USER),
          Map.entry("password", PGProperty.PASSWORD),
          Map.entry("sslmode", PGProperty.SSL_MODE),
          Map.entry("sslcert", PGProperty.SSL_CERT),
          Map.entry("sslkey", PGProperty.SSL_KEY),
          Map.entry("sslpassword", PGProperty.SSL_PASSWORD),
          Map.entry("sslrootcert", PGProperty.SSL_ROOT_CERT),
          Map.entry("sslnegotiation", PGProperty.SSL_NEGOTIATION),
          Map.entry("connect_timeout", PGProperty.CONNECT_TIMEOUT),
          Map.entry("application_name", PGProperty.APPLICATION_NAME),
          Map.entry("options", PGProperty.OPTIONS),
          Map.entry("channel_binding", PGProperty.CHANNEL_BINDING),
          Map.entry("gssencmode", PGProperty.GSS_ENC_MODE),
          Map.entry("krbsrvname", PGProperty.KERBEROS_SERVER_NAME),
          Map.entry("require_auth", PGProperty.REQUIRE_AUTH));

  /// Those that change nothing here.
  private static final Set<String> IGNORED =
      Set.of(
          "client_encoding",
          "fallback_application_name",
          "keepalives",
          "keepalives_idle",
          "keepalives_interval",
          "keepalives_count",
          "tcp_user_timeout",
          "sslcompression",
          "sslsni");

  private static final Map<String, String> SERVER_TYPES =
      Map.of(
          "any", "any",
          "read-write", "primary",
          "primary", "primary",
          "read-only", "secondary",
          "standby", "secondary",
          "prefer-standby", "preferSecondary");

  private static final String SCHEME = "jdbc:postgresql://";
  private static final String DEFAULT_PORT = "5432";

  private final String jdbcUrl;
  private final Properties properties;

  private PostgresUrl(String jdbcUrl, Properties properties) {
    this.jdbcUrl = jdbcUrl;
    this.properties = properties;
  }

  /// Reads an address.
  ///
  /// @throws IllegalArgumentException saying what is wrong, without repeating the address
  static PostgresUrl parse(String text) {
    if (text.startsWith("jdbc:postgresql:")) {
      return parseJdbc(text);
    }
    for (String scheme : List.of("postgres://", "postgresql://")) {
      if (text.startsWith(scheme)) {
        return new Reader().read(text.substring(scheme.length()));
      }
    }
    throw new IllegalArgumentException(
        "must begin with postgres://, postgresql:// or jdbc:postgresql://");
  }

  /// Connects. Properties in the address win over `defaults`.
  Connection connect(Properties defaults) throws SQLException {
    var all = new Properties();
    all.putAll(defaults);
    all.putAll(properties);
    return Optional.ofNullable(new Driver().connect(jdbcUrl, all))
        .orElseThrow(() -> new IllegalStateException("the driver does not know its own address"));
  }

  /// The address without user, password and parameters.
  String jdbcUrl() {
    return jdbcUrl;
  }

  /// What the driver is told beside the address.
  Optional<String> property(PGProperty property) {
    return Optional.ofNullable(properties.getProperty(property.getName()));
  }

  /// Hosts, ports and database, the same for the same server as far as names tell.
  String place() {
    return jdbcUrl
        .substring(SCHEME.length())
        .replaceAll("(?i)(?<=^|,)(localhost|\\[::1\\])(?=:)", "127.0.0.1");
  }

  /// Hosts and ports alone, for messages.
  String hosts() {
    String rest = jdbcUrl.substring(SCHEME.length());
    return rest.substring(0, rest.indexOf('/'));
  }

  /// Where tables are whose name has no schema, as far as the address tells.
  String schema() {
    return property(PGProperty.CURRENT_SCHEMA)
        .or(() -> property(PGProperty.OPTIONS))
        .orElse("public");
  }

  @Override
  public String toString() {
    return jdbcUrl;
  }

  private static PostgresUrl parseJdbc(String text) {
    Properties parsed =
        Optional.ofNullable(Driver.parseURL(text, new Properties()))
            .orElseThrow(() ->
                new IllegalArgumentException("is not a jdbc:postgresql: address the driver reads"));
    String hosts = parsed.getProperty(PGProperty.PG_HOST.getName(), "localhost");
    String ports = parsed.getProperty(PGProperty.PG_PORT.getName(), DEFAULT_PORT);
    Optional<String> database =
        Optional.ofNullable(parsed.getProperty(PGProperty.PG_DBNAME.getName()))
            .or(() -> Optional.ofNullable(parsed.getProperty(PGProperty.USER.getName())));
    parsed.remove(PGProperty.PG_HOST.getName());
    parsed.remove(PGProperty.PG_PORT.getName());
    parsed.remove(PGProperty.PG_DBNAME.getName());
    return new PostgresUrl(
        jdbcUrl(List.of(hosts.split(",", -1)), List.of(ports.split(",", -1)), database.orElse("")),
        parsed);
  }

  private static String jdbcUrl(List<String> hosts, List<String> ports, String database) {
    if (ports.size() != 1 && ports.size() != hosts.size()) {
      throw new IllegalArgumentException(
          "has %d hosts and %d ports; give one port, or one for each host"
              .formatted(hosts.size(), ports.size()));
    }
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < hosts.size(); i++) {
      String host = hosts.get(i).isEmpty() ? "localhost" : hosts.get(i);
      if (host.startsWith("/") || host.startsWith("@")) {
        throw new IllegalArgumentException("names a Unix socket; only TCP is supported");
      }
      String port = ports.get(ports.size() == 1 ? 0 : i);
      boolean bare = host.contains(":") && !host.startsWith("[");
      addresses.add((bare ? "[" + host + "]" : host) + ":" + checkPort(port));
    }
    return SCHEME
        + String.join(",", addresses)
        + "/"
        + URLEncoder.encode(database, StandardCharsets.UTF_8);
  }

  private static String checkPort(String text) {
    if (text.isEmpty()) {
      return DEFAULT_PORT;
    }
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port < 65_536) {
        return text;
      }
    } catch (NumberFormatException notANumber) {
      // Same answer as for a number out of range.
    }
    throw new IllegalArgumentException("has a port that is not a number from 1 to 65535");
  }

  /// Reads what follows the scheme: `[user[:password]@][host[:port],…][/dbname][?name=value&…]`.
  private static final class Reader {
    private final Properties properties = new Properties();
    private Optional<List<String>> hosts = Optional.empty();
    private Optional<List<String>> ports = Optional.empty();
    private Optional<String> database = Optional.empty();

    PostgresUrl read(String text) {
      int query = text.indexOf('?');
      String before = query < 0 ? text : text.substring(0, query);
      int slash = before.indexOf('/');
      String authority = slash < 0 ? before : before.substring(0, slash);
      if (slash >= 0 && slash + 1 < before.length()) {
        database = Optional.of(decode(before.substring(slash + 1)));
      }
      int at = authority.indexOf('@');
      if (at >= 0) {
        login(authority.substring(0, at));
      }
      addresses(authority.substring(at + 1));
      if (query >= 0) {
        parameters(text.substring(query + 1));
      }
      String name =
          database
              .or(() -> Optional.ofNullable(properties.getProperty(PGProperty.USER.getName())))
              .orElseGet(() -> System.getProperty("user.name", ""));
      return new PostgresUrl(
          PostgresUrl.jdbcUrl(hosts.orElse(List.of("")), ports.orElse(List.of(DEFAULT_PORT)), name),
          properties);
    }

    private void login(String text) {
      int colon = text.indexOf(':');
      String user = colon < 0 ? text : text.substring(0, colon);
      if (!user.isEmpty()) {
        set(PGProperty.USER, decode(user));
      }
      if (colon >= 0 && colon + 1 < text.length()) {
        set(PGProperty.PASSWORD, decode(text.substring(colon + 1)));
      }
    }

    private void addresses(String text) {
      if (text.isEmpty()) {
        return;
      }
      List<String> names = new ArrayList<>();
      List<String> numbers = new ArrayList<>();
      for (String part : text.split(",", -1)) {
        int colon = part.indexOf(':', part.lastIndexOf(']') + 1);
        names.add(decode(colon < 0 ? part : part.substring(0, colon)));
        numbers.add(colon < 0 ? "" : part.substring(colon + 1));
      }
      hosts = Optional.of(names);
      ports = Optional.of(numbers);
    }

    private void parameters(String text) {
      for (String part : text.split("&", -1)) {
        int equals = part.indexOf('=');
        if (equals < 0) {
          throw new IllegalArgumentException("has a parameter without a value");
        }
        parameter(decode(part.substring(0, equals)), decode(part.substring(equals + 1)));
      }
    }

    private void parameter(String name, String value) {
      switch (name) {
        case "host", "hostaddr" -> hosts = Optional.of(List.of(value.split(",", -1)));
        case "port" -> ports = Optional.of(List.of(value.split(",", -1)));
        case "dbname" -> database = Optional.of(value);
        case "ssl" -> set(PGProperty.SSL_MODE, value.equals("true") ? "require" : "prefer");
        case "target_session_attrs" ->
            set(
                PGProperty.TARGET_SERVER_TYPE,
                Optional.ofNullable(SERVER_TYPES.get(value))
                    .orElseThrow(() ->
                        new IllegalArgumentException(
                            "has a target_session_attrs that libpq does not know")));
        case "load_balance_hosts" ->
            set(PGProperty.LOAD_BALANCE_HOSTS, value.equals("random") ? "true" : "false");
        default -> {
          Optional<PGProperty> known = Optional.ofNullable(PARAMETERS.get(name));
          if (known.isPresent()) {
            set(known.get(), value);
          } else if (!IGNORED.contains(name)) {
            throw new IllegalArgumentException(
                "has the parameter \"" + name + "\", which is not supported");
          }
        }
      }
    }

    private void set(PGProperty property, String value) {
      properties.setProperty(property.getName(), value);
    }

    /// Percent-decoding as libpq does it: a plus sign is a plus sign.
    private static String decode(String text) {
      try {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("has a '%' that two hexadecimal digits do not follow");
      }
    }
  }
}
