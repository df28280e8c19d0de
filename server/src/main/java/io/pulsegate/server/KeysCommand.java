package io.pulsegate.server;

import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.AdminClient.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `pulsegate keys`.
@Command(
    name = "keys",
    description = "List, make, rotate and revoke the keys of a tenant.",
    mixinStandardHelpOptions = true,
    subcommands = {
      KeysCommand.ListKeys.class,
      KeysCommand.Create.class,
      KeysCommand.Rotate.class,
      KeysCommand.Revoke.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example:  pulsegate keys create shop --scope ingest --expires 90d"})
final class KeysCommand {
  private static final Pattern SECRET = Pattern.compile("\"secret\":\"([^\"]+)\"");
  private static final byte[] NOTHING = new byte[0];

  private static String path(String tenant) {
    return "/tenants/" + Urls.part(tenant) + "/keys";
  }

  private static void secret(ServerOptions server, Reply.Given given) {
    Matcher secret = SECRET.matcher(given.text());
    if (server.json() || !secret.find()) {
      server.print(given);
      return;
    }
    server.out().println(secret.group(1));
    server.out().flush();
  }

  @Command(
      name = "list",
      description = "List the keys of a tenant; the keys themselves are not kept anywhere.",
      mixinStandardHelpOptions = true)
  static final class ListKeys implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "TENANT", description = "The tenant's id.")
    private String tenant = "";

    @Override
    public Integer call() throws StartException {
      return server.list(path(tenant), Map.of());
    }
  }

  @Command(
      name = "create",
      description = "Make a key and print it. It is not shown again.",
      mixinStandardHelpOptions = true)
  static final class Create implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "TENANT", description = "The tenant's id.")
    private String tenant = "";

    @Option(names = "--name", paramLabel = "TEXT", description = "What the key is for.")
    private String name = "";

    @Option(
        names = "--scope",
        paramLabel = "SCOPE",
        split = ",",
        description = "ingest, read or admin; several with commas. Default: ingest.")
    private List<String> scopes = new ArrayList<>();

    @Option(
        names = "--expires",
        paramLabel = "DURATION",
        description = "How long it opens something, such as 90d. Default: for ever.")
    private String expires = "";

    @Override
    public Integer call() throws StartException {
      var json = new JsonWriter().beginObject().field("name", name).name("scopes").beginArray();
      scopes.forEach(json::value);
      json.endArray();
      if (!expires.isEmpty()) {
        json.field("expires_in", expires);
      }
      return server.send(
          "POST", path(tenant), json.endObject().toByteArray(), given -> secret(server, given));
    }
  }

  @Command(
      name = "rotate",
      description = "Make and print a key in the place of another one, which opens a while longer.",
      mixinStandardHelpOptions = true)
  static final class Rotate implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(index = "0", paramLabel = "TENANT", description = "The tenant's id.")
    private String tenant = "";

    @Parameters(index = "1", paramLabel = "KEY", description = "The key's id, from keys list.")
    private String key = "";

    @Option(
        names = "--overlap",
        paramLabel = "DURATION",
        description = "How long the old key still opens. Default: ${DEFAULT-VALUE}.")
    private String overlap = "24h";

    @Override
    public Integer call() throws StartException {
      byte[] body =
          new JsonWriter().beginObject().field("overlap", overlap).endObject().toByteArray();
      return server.send(
          "POST",
          path(tenant) + "/" + Urls.part(key) + "/rotate",
          body,
          given -> secret(server, given));
    }
  }

  @Command(name = "revoke", description = "End a key at once.", mixinStandardHelpOptions = true)
  static final class Revoke implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(index = "0", paramLabel = "TENANT", description = "The tenant's id.")
    private String tenant = "";

    @Parameters(index = "1", paramLabel = "KEY", description = "The key's id, from keys list.")
    private String key = "";

    @Override
    public Integer call() throws StartException {
      return server.send(
          "DELETE",
          path(tenant) + "/" + Urls.part(key),
          NOTHING,
          given -> {
            if (server.json()) {
              server.print(given);
            } else {
              server.out().printf("The key %s opens nothing any more.%n", key);
            }
          });
    }
  }
}
