package io.pulsegate.server;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `pulsegate halts`.
@Command(
    name = "halts",
    description =
        "Show the tenants whose events wait behind one that a sink will never take (on_poison: halt).",
    mixinStandardHelpOptions = true,
    subcommands = {HaltsCommand.Retry.class, HaltsCommand.Skip.class},
    footer = {"", "Example:  pulsegate halts skip warehouse shop && pulsegate dlq --tenant shop"})
final class HaltsCommand implements Callable<Integer> {
  private static final byte[] NOTHING = new byte[0];

  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(names = "--tenant", paramLabel = "TENANT", description = "Only this tenant's.")
  private String tenant = "";

  @Override
  public Integer call() throws StartException {
    return server.list("/halts", Map.of("tenant", tenant));
  }

  /// Which one.
  static final class Place {
    @Parameters(index = "0", paramLabel = "SINK", description = "The sink, from halts.")
    private String sink = "";

    @Parameters(index = "1", paramLabel = "TENANT", description = "The tenant.")
    private String tenant = "";

    String path(String what) {
      return "/sinks/" + Urls.part(sink) + "/halts/" + Urls.part(tenant) + "/" + what;
    }
  }

  @Command(
      name = "retry",
      description = "Try the event again at once, as after its cause was mended.",
      mixinStandardHelpOptions = true)
  static final class Retry implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();
    @Mixin private final Place place = new Place();

    @Override
    public Integer call() throws StartException {
      return server.send("POST", place.path("retry"), NOTHING, server::print);
    }
  }

  @Command(
      name = "skip",
      description = "Go on without the event: it becomes a dead letter.",
      mixinStandardHelpOptions = true)
  static final class Skip implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();
    @Mixin private final Place place = new Place();

    @Override
    public Integer call() throws StartException {
      return server.send("POST", place.path("skip"), NOTHING, server::print);
    }
  }
}
