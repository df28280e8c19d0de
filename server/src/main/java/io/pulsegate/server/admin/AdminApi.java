package io.pulsegate.server.admin;

import io.pulsegate.api.TenantId;
import io.pulsegate.core.DeadLetterException;
import io.pulsegate.core.KeyScope;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.ingress.http.PageRequest;
import io.pulsegate.ingress.http.Pages;
import io.pulsegate.server.admin.Endpoint.Access;
import io.pulsegate.server.admin.Endpoint.Call;
import io.pulsegate.server.state.StateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// All endpoints of the admin listener, and who may use them.
///
/// **A tenant's key never reaches what is another tenant's: a path that names another tenant is not
/// found, and every handler narrows what it lists to the caller's tenant.**
public final class AdminApi implements Pages {
  private final Callers callers;
  private final List<Endpoint> endpoints;

  AdminApi(Callers callers, List<Endpoint> endpoints) {
    this.callers = callers;
    var all = new ArrayList<>(endpoints);
    all.add(
        Endpoint.get(
            "/openapi.json", Access.READ, "This description.", List.of(), _ -> OpenApi.page(all)));
    this.endpoints = List.copyOf(all);
  }

  List<Endpoint> endpoints() {
    return endpoints;
  }

  @Override
  public Set<String> methods(String path) {
    Set<String> methods = new TreeSet<>();
    for (Endpoint endpoint : endpoints) {
      if (endpoint.match(path).isPresent()) {
        methods.add(endpoint.method());
      }
    }
    return methods;
  }

  @Override
  public PageReply reply(PageRequest request) throws Exception {
    // Asked again: the key may have been revoked since the head was read.
    Optional<Caller> caller = callers.of(request.head());
    if (caller.isEmpty()) {
      return Replies.error(401, "the credential has ended");
    }
    String method = request.head().method().equals("HEAD") ? "GET" : request.head().method();
    for (Endpoint endpoint : endpoints) {
      Optional<Map<String, String>> parts = endpoint.match(request.head().path());
      if (parts.isPresent() && endpoint.method().equals(method)) {
        return reply(
            endpoint,
            new Call(caller.get(), parts.get(), request.head(), request.body(), request.gone()));
      }
    }
    throw new IllegalStateException("no page was promised");
  }

  private static PageReply reply(Endpoint endpoint, Call call) throws Exception {
    if (!mayUse(call.caller(), endpoint.access())) {
      return Replies.error(403, "the credential may not do this");
    }
    Optional<TenantId> own = call.caller().tenant();
    String named = call.part(Endpoint.TENANT);
    if (!named.isEmpty() && own.isPresent() && !own.get().value().equals(named)) {
      return Replies.error(404, "there is no tenant " + named);
    }
    try {
      return endpoint.handler().reply(call);
    } catch (IllegalArgumentException e) {
      return Replies.error(400, String.valueOf(e.getMessage()));
    } catch (StateException | DeadLetterException e) {
      return Replies.error(503, String.valueOf(e.getMessage()));
    }
  }

  private static boolean mayUse(Caller caller, Access access) {
    return switch (access) {
      case OPERATOR -> caller instanceof Caller.Operator;
      case READ -> caller.may(KeyScope.READ);
      case ADMIN -> caller.may(KeyScope.ADMIN);
    };
  }
}
