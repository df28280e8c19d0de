package io.pulsegate.transforms.normalize;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformFactory;

/// Makes `field_normalizer`.
public final class FieldNormalizerFactory implements TransformFactory<FieldNormalizerConfig> {
  @Override
  public ComponentSpec<FieldNormalizerConfig> spec() {
    return FieldNormalizerConfig.SPEC;
  }

  @Override
  public Transform create(FieldNormalizerConfig config, TransformContext context) {
    return new FieldNormalizer(config);
  }
}
