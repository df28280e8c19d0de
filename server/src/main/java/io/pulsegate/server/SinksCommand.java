package io.pulsegate.server;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `pulsegate sinks`.
@Command(
    name = "sinks",
    description = "Show how each sink of the running server fares.",
    mixinStandardHelpOptions = true)
final class SinksCommand implements Callable<Integer> {
  @Mixin private final ServerOptions server = new ServerOptions();

  @Override
  public Integer call() throws StartException {
    return server.list("/sinks", Map.of());
  }
}
