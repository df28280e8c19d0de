package io.pulsegate.server;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/// What a running server leaves in its data folder for the command line, readable by its owner
/// only: `server.info`.
///
/// @param token of the admin listener
record ServerInfo(long pid, int port, int adminPort, String token) {
  private static final String FILE = "server.info";

  void write(Path folder) throws IOException {
    var properties = new Properties();
    properties.setProperty("pid", Long.toString(pid));
    properties.setProperty("port", Integer.toString(port));
    properties.setProperty("admin_port", Integer.toString(adminPort));
    properties.setProperty("token", token);
    var text = new StringWriter();
    properties.store(text, null);
    DurableFiles.write(folder.resolve(FILE), text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /// What the folder's server left, also where it has died; empty where there is nothing readable.
  static Optional<ServerInfo> read(Path folder) {
    try {
      var properties = new Properties();
      properties.load(new StringReader(Files.readString(folder.resolve(FILE))));
      return Optional.of(
          new ServerInfo(
              Long.parseLong(properties.getProperty("pid", "")),
              Integer.parseInt(properties.getProperty("port", "")),
              Integer.parseInt(properties.getProperty("admin_port", "")),
              properties.getProperty("token", "")));
    } catch (IOException | IllegalArgumentException notThere) {
      return Optional.empty();
    }
  }

  static void remove(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(FILE));
  }

  /// Does not show the token.
  @Override
  public String toString() {
    return "server pid " + pid + ", port " + port + ", admin port " + adminPort;
  }
}
