package io.pulsegate.sinks.s3;

import io.pulsegate.api.TenantId;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which bucket a tenant's objects go into: what the table says, else the template, a name in which
/// `{tenant}` may stand for the tenant's id.
///
/// **An id stands in a bucket's name as it is or not at all**: made small or cut, two tenants'
/// would be one.
///
/// @param text the template
/// @param table bucket by tenant
record BucketTemplate(String text, Map<String, String> table) {
  private static final String TENANT = "{tenant}";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final String RULE = "3 to 63 small letters, digits, '.' and '-'";

  BucketTemplate {
    table = Map.copyOf(table);
    if (!isName(text.replace(TENANT, "t-1"))) {
      throw new IllegalArgumentException(
          "bucket names a bucket by %s, with {tenant} for the tenant's id where wanted; was \"%s\""
              .formatted(RULE, text));
    }
    table.forEach((tenant, name) -> {
      if (!isName(name)) {
        throw new IllegalArgumentException(
            "buckets names a bucket by %s; was \"%s\" of %s".formatted(RULE, name, tenant));
      }
    });
  }

  private static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /// Whether tenants may have different ones, so that one tenant's may be missing alone.
  boolean isPerTenant() {
    return text.contains(TENANT) || !table.isEmpty();
  }

  /// The bucket of a tenant; empty where its id makes no name of one.
  Optional<String> of(TenantId tenant) {
    String id = tenant.value();
    return Optional.of(table.getOrDefault(id, text.replace(TENANT, id)))
        .filter(BucketTemplate::isName);
  }
}
