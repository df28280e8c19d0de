package io.pulsegate.embedded;

import io.pulsegate.api.RequestHead;
import java.util.Optional;

/// The head of a request that brings events without HTTP: no headers.
record OneEvent() implements RequestHead {
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
    return Optional.empty();
  }

  @Override
  public int headerCount(String name) {
    return 0;
  }

  @Override
  public Optional<String> parameter(String name) {
    return Optional.empty();
  }
}
