package io.pulsegate.server.admin;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.RequestHead;
import io.pulsegate.api.TenantId;
import io.pulsegate.ingress.http.PageReply;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// One thing that the admin listener can be asked: declared once, for the dispatch, the check of
/// who may, and the description in OpenAPI.
///
/// @param path with names in braces for its variable parts, such as `/tenants/{tenant}`; a part
///   called `tenant` keeps tenants to themselves
/// @param parameters of the query
/// @param body fields of the JSON body; empty where it has none
record Endpoint(
    String method,
    String path,
    Access access,
    String summary,
    List<Field> parameters,
    List<Field> body,
    Handler handler) {
  /// The part of a path that names a tenant.
  static final String TENANT = "tenant";

  Endpoint {
    parameters = List.copyOf(parameters);
    body = List.copyOf(body);
  }

  static Endpoint get(
      String path, Access access, String summary, List<Field> parameters, Handler handler) {
    return new Endpoint("GET", path, access, summary, parameters, List.of(), handler);
  }

  static Endpoint post(
      String path, Access access, String summary, List<Field> body, Handler handler) {
    return new Endpoint("POST", path, access, summary, List.of(), body, handler);
  }

  static Endpoint put(
      String path, Access access, String summary, List<Field> body, Handler handler) {
    return new Endpoint("PUT", path, access, summary, List.of(), body, handler);
  }

  static Endpoint delete(String path, Access access, String summary, Handler handler) {
    return new Endpoint("DELETE", path, access, summary, List.of(), List.of(), handler);
  }

  /// Who may.
  enum Access {
    /// The operator alone.
    OPERATOR,
    /// A tenant's key with the scope read, for what is its own.
    READ,
    /// A tenant's key with the scope admin, for what is its own.
    ADMIN
  }

  /// A parameter of the query, or a field of the body.
  ///
  /// @param type as in JSON schema; `strings` for an array of strings
  record Field(String name, String type, String summary) {
    static Field text(String name, String summary) {
      return new Field(name, "string", summary);
    }

    static Field texts(String name, String summary) {
      return new Field(name, "strings", summary);
    }

    static Field number(String name, String summary) {
      return new Field(name, "integer", summary);
    }

    static Field object(String name, String summary) {
      return new Field(name, "object", summary);
    }
  }

  /// One request of somebody who may.
  ///
  /// @param parts variable parts of the path
  /// @param gone as in [PageRequest]
  record Call(
      Caller caller,
      Map<String, String> parts,
      RequestHead head,
      Bytes body,
      CompletionStage<Void> gone) {
    String part(String name) {
      return parts.getOrDefault(name, "");
    }

    /// The tenant that the path names.
    TenantId tenant() {
      return new TenantId(part(TENANT));
    }
  }

  /// Answers.
  @FunctionalInterface
  interface Handler {
    /// @throws IllegalArgumentException where the request is wrong, in words for the one who sent
    ///   it
    PageReply reply(Call call) throws Exception;
  }

  /// The variable parts of a path, where it is one of this endpoint.
  Optional<Map<String, String>> match(String asked) {
    String[] mine = path.split("/", -1);
    String[] its = asked.split("/", -1);
    if (mine.length != its.length) {
      return Optional.empty();
    }
    var parts = new HashMap<String, String>();
    for (int i = 0; i < mine.length; i++) {
      if (mine[i].startsWith("{")) {
        if (its[i].isEmpty()) {
          return Optional.empty();
        }
        parts.put(mine[i].substring(1, mine[i].length() - 1), its[i]);
      } else if (!mine[i].equals(its[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(parts);
  }
}
