package io.pulsegate.server.admin;

import io.pulsegate.api.RequestHead;
import io.pulsegate.ingress.http.Guard;
import java.util.Optional;
import java.util.Set;

/// Lets in who brings the token, and only under a name of this machine: a web page elsewhere can
/// neither know the token nor reach the port by a name of its own that leads to 127.0.0.1 (DNS
/// rebinding).
public final class AdminGuard implements Guard {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Guard token;

  public AdminGuard(String token) {
    this.token = Guard.token(token);
  }

  @Override
  public boolean allows(RequestHead head) {
    return head.headerCount("Host") == 1 && isLoopback(head.header("Host")) && token.allows(head);
  }

  private static boolean isLoopback(Optional<String> host) {
    return host.map(text -> text.replaceFirst(":\\d{1,5}$", "").toLowerCase(java.util.Locale.ROOT))
        .filter(LOOPBACK::contains)
        .isPresent();
  }
}
