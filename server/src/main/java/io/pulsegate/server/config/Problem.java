package io.pulsegate.server.config;

/// One thing that is wrong with the configuration, for the person who wrote it.
///
/// @param place where: `line 12`, `--port` or `PORT`; empty where it is about the whole
public record Problem(String place, String text) {
  @Override
  public String toString() {
    return place.isEmpty() ? text : place + ": " + text;
  }
}
