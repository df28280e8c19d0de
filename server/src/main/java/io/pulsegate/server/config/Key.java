package io.pulsegate.server.config;

import io.pulsegate.api.Setting;
import java.util.ArrayList;
import java.util.List;

/// One key of the configuration: where it stands in the file and what else may give it.
///
/// @param section the map it stands in; empty for the top level
/// @param flags of `pulsegate serve`, such as `--port`; may be empty
/// @param variables environment variables, the first that is set counts; may be empty
/// @param variableUnit what the variables' numbers are counted in, such as `MiB`; may be empty
record Key<T>(
    String section,
    Setting<T> setting,
    List<String> flags,
    List<String> variables,
    String variableUnit) {
  static <T> Key<T> of(String section, Setting<T> setting) {
    return new Key<>(section, setting, List.of(), List.of(), "");
  }

  Key<T> flag(String flag) {
    return new Key<>(section, setting, List.of(flag), variables, variableUnit);
  }

  /// Given by a variable as well, where those before it are not set.
  Key<T> variable(String variable) {
    List<String> all = new ArrayList<>(variables);
    all.add(variable);
    return new Key<>(section, setting, flags, List.copyOf(all), variableUnit);
  }

  /// Given by a variable whose number is counted in this unit.
  Key<T> variable(String variable, String unit) {
    return new Key<>(section, setting, flags, List.of(variable), unit);
  }

  /// The name with its section, such as `server.port`.
  String path() {
    return section.isEmpty() ? setting.name() : section + "." + setting.name();
  }
}
