package io.pulsegate.server.admin;

import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.admin.Endpoint.Field;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The description of the admin API in OpenAPI 3.1, made from the endpoints.
final class OpenApi {
  private static final Pattern PART = Pattern.compile("\\{(\\w+)}");

  private OpenApi() {}

  static PageReply page(List<Endpoint> endpoints) {
    var json = new JsonWriter(16_384).beginObject().field("openapi", "3.1.0");
    json.name("info")
        .beginObject()
        .field("title", "PulseGate admin API")
        .field("version", "1")
        .field(
            "description",
            "For the operator by the admin token, and for tenants by their keys with the scopes read and admin. Every change is written into the audit log.")
        .endObject();
    json.name("components").beginObject().name("securitySchemes").beginObject();
    json.name("bearer").beginObject().field("type", "http").field("scheme", "bearer").endObject();
    json.endObject().endObject();
    json.name("security").beginArray().beginObject().name("bearer").beginArray().endArray();
    json.endObject().endArray();
    Map<String, Map<String, Endpoint>> paths = new TreeMap<>();
    for (Endpoint endpoint : endpoints) {
      paths
          .computeIfAbsent(endpoint.path(), _ -> new LinkedHashMap<>())
          .put(endpoint.method().toLowerCase(Locale.ROOT), endpoint);
    }
    json.name("paths").beginObject();
    paths.forEach((path, byMethod) -> {
      json.name(path).beginObject();
      byMethod.forEach((method, endpoint) -> operation(json.name(method), endpoint));
      json.endObject();
    });
    return Replies.page(200, json.endObject().endObject());
  }

  private static void operation(JsonWriter json, Endpoint endpoint) {
    json.beginObject().field("summary", endpoint.summary());
    json.field(
        "description",
        switch (endpoint.access()) {
          case OPERATOR -> "The operator alone.";
          case READ -> "The operator, or a tenant's key with the scope read for its own.";
          case ADMIN -> "The operator, or a tenant's key with the scope admin for its own.";
        });
    json.name("parameters").beginArray();
    Matcher parts = PART.matcher(endpoint.path());
    while (parts.find()) {
      parameter(json, parts.group(1), "path", new Field(parts.group(1), "string", ""));
    }
    endpoint.parameters().forEach(field -> parameter(json, field.name(), "query", field));
    json.endArray();
    if (!endpoint.body().isEmpty()) {
      json.name("requestBody").beginObject().name("content").beginObject();
      json.name("application/json").beginObject().name("schema").beginObject();
      json.field("type", "object").name("properties").beginObject();
      endpoint.body().forEach(field -> schema(json.name(field.name()), field));
      json.endObject().endObject().endObject().endObject().endObject();
    }
    json.name("responses").beginObject();
    response(json, "2XX", "Done.");
    response(json, "4XX", "Refused; error.message says why. Nothing has changed.");
    response(json, "503", "The state store cannot be used now. Nothing has changed.");
    json.endObject().endObject();
  }

  private static void parameter(JsonWriter json, String name, String in, Field field) {
    json.beginObject().field("name", name).field("in", in).field("required", in.equals("path"));
    if (!field.summary().isEmpty()) {
      json.field("description", field.summary());
    }
    schema(json.name("schema"), field);
    json.endObject();
  }

  private static void schema(JsonWriter json, Field field) {
    json.beginObject();
    if (field.type().equals("strings")) {
      json.field("type", "array").name("items").beginObject().field("type", "string").endObject();
    } else {
      json.field("type", field.type());
    }
    json.field("description", field.summary()).endObject();
  }

  private static void response(JsonWriter json, String status, String meaning) {
    json.name(status).beginObject().field("description", meaning).endObject();
  }
}
