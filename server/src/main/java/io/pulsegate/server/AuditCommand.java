package io.pulsegate.server;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `pulsegate audit`.
@Command(
    name = "audit",
    description = "Show who changed what, the newest first.",
    mixinStandardHelpOptions = true)
final class AuditCommand implements Callable<Integer> {
  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(names = "--tenant", paramLabel = "TENANT", description = "Only what is about it.")
  private String tenant = "";

  @Option(
      names = "--limit",
      paramLabel = "ROWS",
      description = "At most so many. Default: ${DEFAULT-VALUE}.")
  private int limit = 100;

  @Override
  public Integer call() throws StartException {
    return server.list("/audit", Map.of("tenant", tenant, "limit", Integer.toString(limit)));
  }
}
