package io.pulsegate.server;

import io.pulsegate.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `pulsegate tenants`.
@Command(
    name = "tenants",
    description = "List, show, make, change and end tenants of the running server.",
    mixinStandardHelpOptions = true,
    subcommands = {
      TenantsCommand.Show.class,
      TenantsCommand.Create.class,
      TenantsCommand.Update.class,
      TenantsCommand.Delete.class
    },
    footer = {
      "",
      "Example:  pulsegate tenants create shop && pulsegate keys create shop",
      "",
      "Tenants that stand in the configuration are changed there: it is watched."
    })
final class TenantsCommand implements Callable<Integer> {
  private static final byte[] NOTHING = new byte[0];

  @Mixin private final ServerOptions server = new ServerOptions();

  @Override
  public Integer call() throws StartException {
    return server.list("/tenants", Map.of());
  }

  private static String path(String tenant) {
    return "/tenants/" + Urls.part(tenant);
  }

  /// Its settings as JSON.
  ///
  /// @param file null for none but the name
  private static byte[] settings(String tenant, @Nullable Path file) throws StartException {
    if (file == null) {
      return new JsonWriter().beginObject().field("id", tenant).endObject().toByteArray();
    }
    try {
      return file.toString().equals("-") ? System.in.readAllBytes() : Files.readAllBytes(file);
    } catch (IOException e) {
      throw new StartException(
          "the settings %s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  @Command(
      name = "show",
      description = "Show one tenant, as JSON.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "TENANT", description = "Its id.")
    private String tenant = "";

    @Override
    public Integer call() throws StartException {
      return server.send("GET", path(tenant), NOTHING, server::print);
    }
  }

  @Command(name = "create", description = "Make a tenant.", mixinStandardHelpOptions = true)
  static final class Create implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "TENANT", description = "Its id.")
    private String tenant = "";

    @Option(
        names = "--settings",
        paramLabel = "FILE",
        description =
            "Its settings as a JSON object with the keys of a tenant in the configuration, id among them; - for standard input. Default: no limits, no routes.")
    private @Nullable Path settings;

    @Override
    public Integer call() throws StartException {
      return server.send(
          "POST",
          "/tenants",
          settings(tenant, settings),
          given -> {
            if (server.json()) {
              server.print(given);
            } else {
              server
                  .out()
                  .printf(
                      "Tenant %s is there. Make a key: pulsegate keys create %s%n", tenant, tenant);
            }
          });
    }
  }

  @Command(
      name = "update",
      description = "Give a tenant other settings, all at once.",
      mixinStandardHelpOptions = true)
  static final class Update implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "TENANT", description = "Its id.")
    private String tenant = "";

    @Option(
        names = "--settings",
        paramLabel = "FILE",
        required = true,
        description = "Its settings as for create; - for standard input.")
    private @Nullable Path settings;

    @Override
    public Integer call() throws StartException {
      return server.send("PUT", path(tenant), settings(tenant, settings), server::print);
    }
  }

  @Command(
      name = "delete",
      description =
          "End a tenant and its keys. What it has sent is delivered; made again, it is another one.",
      mixinStandardHelpOptions = true)
  static final class Delete implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "TENANT", description = "Its id.")
    private String tenant = "";

    @Override
    public Integer call() throws StartException {
      return server.send(
          "DELETE",
          path(tenant),
          NOTHING,
          given -> {
            if (server.json()) {
              server.print(given);
            } else {
              server.out().printf("Tenant %s and its keys are gone.%n", tenant);
            }
          });
    }
  }
}
