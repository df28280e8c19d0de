package io.pulsegate.server;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `pulsegate orphans`.
@Command(
    name = "orphans",
    description =
        "Show what waits for sinks that are configured no more, and of tenants that are no more; it is kept for delivery.orphan_grace.",
    mixinStandardHelpOptions = true,
    subcommands = {OrphansCommand.Forget.class, OrphansCommand.Drop.class})
final class OrphansCommand implements Callable<Integer> {
  private static final byte[] NOTHING = new byte[0];

  @Mixin private final ServerOptions server = new ServerOptions();

  @Override
  public Integer call() throws StartException {
    return server.list("/orphans", Map.of());
  }

  @Command(
      name = "forget",
      description = "Let go of a removed sink now: what waits for it counts as dropped.",
      mixinStandardHelpOptions = true)
  static final class Forget implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "SINK", description = "Its name.")
    private String sink = "";

    @Override
    public Integer call() throws StartException {
      return server.send("DELETE", "/orphans/sinks/" + Urls.part(sink), NOTHING, server::print);
    }
  }

  @Command(
      name = "drop",
      description = "Let go of what a removed tenant has left waiting: it counts as dropped.",
      mixinStandardHelpOptions = true)
  static final class Drop implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "TENANT", description = "Its id.")
    private String tenant = "";

    @Override
    public Integer call() throws StartException {
      return server.send("DELETE", "/orphans/tenants/" + Urls.part(tenant), NOTHING, server::print);
    }
  }
}
