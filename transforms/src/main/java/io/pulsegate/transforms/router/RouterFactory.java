package io.pulsegate.transforms.router;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformFactory;

/// Makes `router`.
public final class RouterFactory implements TransformFactory<RouterConfig> {
  @Override
  public ComponentSpec<RouterConfig> spec() {
    return RouterConfig.SPEC;
  }

  @Override
  public Transform create(RouterConfig config, TransformContext context) {
    return new Router(config);
  }
}
