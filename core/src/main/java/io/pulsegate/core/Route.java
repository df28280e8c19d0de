package io.pulsegate.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where a tenant's events go, and through which transforms: checked, and kept as data.
///
/// @param name unique within its tenant
/// @param condition which events take it
/// @param transforms in their order
/// @param targets the sinks it ends in, each its own lane
/// @param onPoison empty for what its sinks say
public record Route(
    String name,
    Condition condition,
    List<Step> transforms,
    List<Target> targets,
    Optional<OnPoison> onPoison) {
  /// With what its sinks say of poison.
  public Route(String name, Condition condition, List<Step> transforms, List<Target> targets) {
    this(name, condition, transforms, targets, Optional.empty());
  }

  public Route {
    transforms = List.copyOf(transforms);
    targets = List.copyOf(targets);
  }

  /// Which events take a route: those of one of the types for which every field test holds.
  ///
  /// @param types names, in which `*` stands for any characters; empty for all types
  public record Condition(List<String> types, List<FieldTest> fields) {
    /// Every event.
    public static final Condition ALWAYS = new Condition(List.of(), List.of());

    public Condition {
      types = List.copyOf(types);
      fields = List.copyOf(fields);
    }
  }

  /// A test of one field of the payload.
  ///
  /// @param path names from the payload's top, with dots between them
  /// @param values what [Kind#IN] and [Kind#NOT_IN] compare with, as text; numbers as they are
  ///   written
  public record FieldTest(String path, Kind kind, Set<String> values) {
    public FieldTest {
      values = Set.copyOf(values);
    }

    /// What is asked of a field.
    public enum Kind {
      /// It is there, and one of the values.
      IN,
      /// It is not there, or none of the values.
      NOT_IN,
      EXISTS,
      ABSENT
    }
  }

  /// One transform.
  ///
  /// @param name the transform's, such as `pii_scrubber`
  /// @param settings as written; lists and maps in it as JSON
  public record Step(String name, Map<String, String> settings) {
    public Step {
      settings = Map.copyOf(settings);
    }

    /// Does not show the settings: they may hold secrets.
    @Override
    public String toString() {
      return name;
    }
  }

  /// One sink.
  ///
  /// @param sink its name in the configuration
  /// @param settings what this route says of it, such as its table or topic, as written
  public record Target(String sink, Map<String, String> settings) {
    public Target {
      settings = Map.copyOf(settings);
    }

    /// Does not show the settings: they may hold secrets.
    @Override
    public String toString() {
      return sink;
    }
  }
}
