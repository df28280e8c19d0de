package io.pulsegate.api;

import java.util.Optional;

/// The head of a request, whatever transport it came by.
public interface RequestHead {
  String method();

  /// The path without the query.
  String path();

  /// The first value of a header, by case-insensitive name.
  Optional<String> header(String name);

  /// How often a header stands in the request.
  int headerCount(String name);

  /// A query parameter.
  Optional<String> parameter(String name);
}
