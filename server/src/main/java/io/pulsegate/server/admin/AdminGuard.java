package io.pulsegate.server.admin;

import io.pulsegate.api.RequestHead;
import io.pulsegate.ingress.http.Guard;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Lets in who is known, and only under a name of this machine: a web page elsewhere can neither
/// know a token or key nor reach the port by a name of its own that leads to 127.0.0.1 (DNS
/// rebinding).
public final class AdminGuard implements Guard {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Callers callers;

  public AdminGuard(Callers callers) {
    this.callers = callers;
  }

  @Override
  public boolean allows(RequestHead head) {
    return head.headerCount("Host") == 1
        && isLoopback(head.header("Host"))
        && callers.of(head).isPresent();
  }

  private static boolean isLoopback(Optional<String> host) {
    return host.map(text -> text.replaceFirst(":\\d{1,5}$", "").toLowerCase(Locale.ROOT))
        .filter(LOOPBACK::contains)
        .isPresent();
  }
}
