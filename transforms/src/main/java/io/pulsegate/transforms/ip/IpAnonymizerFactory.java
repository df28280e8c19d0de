package io.pulsegate.transforms.ip;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformFactory;
import io.pulsegate.transforms.KeyedHash;

/// Makes `ip_anonymizer`.
public final class IpAnonymizerFactory implements TransformFactory<IpAnonymizerConfig> {
  @Override
  public ComponentSpec<IpAnonymizerConfig> spec() {
    return IpAnonymizerConfig.SPEC;
  }

  @Override
  public Transform create(IpAnonymizerConfig config, TransformContext context) {
    return new IpAnonymizer(config, new KeyedHash(context.secret()));
  }
}
