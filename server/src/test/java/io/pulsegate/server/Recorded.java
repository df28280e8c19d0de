package io.pulsegate.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// One recorded request, the reply it must get and the events it must become. The format is in
/// `conformance/README.md`.
///
/// @param headers names and values one after the other
/// @param reply a pattern in which `...` stands for anything
record Recorded(
    String name,
    String method,
    String path,
    List<String> headers,
    String body,
    int status,
    String reply,
    List<Stored> events) {
  /// An event that must have been stored.
  record Stored(String dialect, String type, String payload) {}

  static List<Recorded> in(String file) throws IOException {
    try (InputStream in = Recorded.class.getResourceAsStream("/conformance/" + file)) {
      if (in == null) {
        throw new IOException("no recorded requests in " + file);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<Recorded> all = new ArrayList<>();
      for (String part : text.split("(?m)^=== ", -1)) {
        if (!part.isBlank()) {
          all.add(read(part));
        }
      }
      return all;
    }
  }

  private static Recorded read(String part) {
    String[] sections = part.split("(?m)^--- ", -1);
    String[] request = sections[0].split("\n\n", 2);
    String[] head = request[0].split("\n", -1);
    String[] line = head[1].split(" ", 2);
    List<String> headers = new ArrayList<>();
    for (int i = 2; i < head.length; i++) {
      headers.addAll(List.of(head[i].split(": ", 2)));
    }
    String[] reply = sections[1].split("\n", 2);
    List<Stored> events = new ArrayList<>();
    for (int i = 2; i < sections.length; i++) {
      String[] event = sections[i].split("\n", 2);
      String[] words = event[0].split(" ", 3);
      events.add(new Stored(words[1], words[2], event[1].stripTrailing()));
    }
    return new Recorded(
        head[0],
        line[0],
        line[1],
        headers,
        request.length > 1 ? request[1].stripTrailing() : "",
        Integer.parseInt(reply[0].strip()),
        reply[1].strip(),
        events);
  }

  /// Whether a reply's body is the recorded one.
  boolean fits(String body) {
    String pattern =
        Pattern.compile("\\.\\.\\.")
            .splitAsStream(reply)
            .map(Pattern::quote)
            .collect(Collectors.joining(".*"));
    String rest = reply.endsWith("...") ? ".*" : "";
    return Pattern.compile(pattern + rest, Pattern.DOTALL).matcher(body.strip()).matches();
  }

  @Override
  public String toString() {
    return method + " " + path + ": " + name;
  }
}
