package io.pulsegate.core;

import java.util.List;
import java.util.Set;

/// How a tenant is named and known.
///
/// @param aliases other names that bodies may use for it
public record Access(Set<String> aliases, List<ApiKey> keys, List<PublicId> publicIds) {
  public Access {
    aliases = Set.copyOf(aliases);
    keys = List.copyOf(keys);
    publicIds = List.copyOf(publicIds);
  }

  /// Known by these keys and nothing else.
  public static Access of(List<ApiKey> keys) {
    return new Access(Set.of(), keys, List.of());
  }

  /// The same with other keys.
  public Access withKeys(List<ApiKey> others) {
    return new Access(aliases, others, publicIds);
  }
}
