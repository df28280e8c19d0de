package io.pulsegate.testkit.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A self-signed certificate for 127.0.0.1, made by the JDK's `keytool`.
///
/// @param keyStore PKCS #12 with its key
/// @param pem the certificate alone
record Certificate(Path keyStore, Path pem) {
  static final String PASSWORD = "test-password";

  /// Makes one.
  static Certificate in(Path folder) {
    var certificate = new Certificate(folder.resolve("broker.p12"), folder.resolve("broker.pem"));
    keytool(
        "-genkeypair -alias broker -keyalg EC -validity 3650 -dname CN=broker -ext SAN=ip:127.0.0.1 -storetype PKCS12",
        certificate.keyStore);
    keytool("-exportcert -rfc -alias broker -file " + certificate.pem, certificate.keyStore);
    return certificate;
  }

  private static void keytool(String arguments, Path keyStore) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ", -1)));
    command.addAll(List.of("-keystore", keyStore.toString(), "-storepass", PASSWORD));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0 || !Files.exists(keyStore)) {
        throw new IllegalStateException("keytool failed: " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts keytool", e);
    }
  }
}
