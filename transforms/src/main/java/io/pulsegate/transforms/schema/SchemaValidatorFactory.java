package io.pulsegate.transforms.schema;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformFactory;

/// Makes `schema_validator`. **Versions of a schema that do not follow the compatibility rule are
/// refused, and with them the change that brings them.**
public final class SchemaValidatorFactory implements TransformFactory<SchemaValidatorConfig> {
  @Override
  public ComponentSpec<SchemaValidatorConfig> spec() {
    return SchemaValidatorConfig.SPEC;
  }

  @Override
  public Transform create(SchemaValidatorConfig config, TransformContext context) {
    return new SchemaValidator(config, Versions.of(config, context.folder()));
  }
}
