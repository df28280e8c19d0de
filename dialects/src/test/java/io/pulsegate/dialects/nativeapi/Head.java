package io.pulsegate.dialects.nativeapi;

import io.pulsegate.api.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A request head made by hand: `Head.with("Content-Type", "application/json")`.
final class Head implements RequestHead {
  private record Header(String name, String value) {}

  private final List<Header> headers = new ArrayList<>();

  /// @param namesAndValues one after the other
  static Head with(String... namesAndValues) {
    Head head = new Head();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      head.headers.add(new Header(namesAndValues[i], namesAndValues[i + 1]));
    }
    return head;
  }

  @Override
  public String method() {
    return "POST";
  }

  @Override
  public String path() {
    return "/v1/events";
  }

  @Override
  public Optional<String> header(String name) {
    return headers.stream()
        .filter(header -> header.name().equalsIgnoreCase(name))
        .map(Header::value)
        .findFirst();
  }

  @Override
  public int headerCount(String name) {
    return (int) headers.stream().filter(header -> header.name().equalsIgnoreCase(name)).count();
  }

  @Override
  public Optional<String> parameter(String name) {
    return Optional.empty();
  }
}
