package io.pulsegate.server;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `pulsegate lag`.
@Command(
    name = "lag",
    description = "Show what each tenant has that each sink has not settled yet, the most first.",
    mixinStandardHelpOptions = true)
final class LagCommand implements Callable<Integer> {
  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(names = "--tenant", paramLabel = "TENANT", description = "Only this tenant's.")
  private String tenant = "";

  @Override
  public Integer call() throws StartException {
    return server.list("/lag", Map.of("tenant", tenant));
  }
}
