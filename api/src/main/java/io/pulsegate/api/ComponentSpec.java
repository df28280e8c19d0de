package io.pulsegate.api;

import java.util.List;
import java.util.function.Function;

/// The one declaration of a component.
///
/// @param name as it stands in the configuration: of a sink in `type`, of a transform in `name`
/// @param version its own; empty where it has that of the jar it comes in
/// @param summary what it does, in a sentence
/// @param settings all it may be told
/// @param reader makes the checked configuration; throws IllegalArgumentException with a text for
///   the one who wrote the file
/// @param <C> the component's configuration, a record
public record ComponentSpec<C>(
    String name,
    String version,
    String summary,
    List<Setting<?>> settings,
    Function<Settings, C> reader) {
  public ComponentSpec {
    settings = List.copyOf(settings);
  }

  /// Of the version of its jar.
  public ComponentSpec(
      String name, String summary, List<Setting<?>> settings, Function<Settings, C> reader) {
    this(name, "", summary, settings, reader);
  }
}
