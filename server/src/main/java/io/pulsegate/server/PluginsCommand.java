package io.pulsegate.server;

import io.pulsegate.server.admin.PluginList;
import io.pulsegate.server.plugins.Components;
import io.pulsegate.server.sql.AnswerFormat;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `pulsegate plugins`. Needs no server and no good configuration: it loads what a server would
/// load.
@Command(
    name = "plugins",
    description =
        "List the sinks and transforms that a server started now would have: ours, and those of the jars in the folder of plugins. Settings with * must be given.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:all jars can be used", "1:one cannot, or only a part of it"})
final class PluginsCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before call
  private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration that may name the folder. Default: as for serve.")
  private @Nullable Path config;

  @Option(
      names = "--plugins",
      paramLabel = "FOLDER",
      description = "The folder. Default: as for serve.")
  private @Nullable String folder;

  @Option(names = "--json", description = "Print JSON, for scripts: the settings with all details.")
  private boolean json;

  @Override
  public Integer call() throws StartException {
    Map<String, String> flags = new LinkedHashMap<>();
    Optional.ofNullable(folder).ifPresent(path -> flags.put("--plugins", path));
    Components components =
        ConfigLoader.components(Optional.ofNullable(config), flags, System.getenv());
    AnswerFormat format = json ? AnswerFormat.JSON : AnswerFormat.TABLE;
    spec.commandLine().getOut().print(PluginList.render(components, format));
    spec.commandLine().getOut().flush();
    return components.broken().isEmpty() ? 0 : Main.FAILED;
  }
}
