package io.pulsegate.transforms.bot;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformFactory;

/// Makes `bot_detector`.
public final class BotDetectorFactory implements TransformFactory<BotDetectorConfig> {
  @Override
  public ComponentSpec<BotDetectorConfig> spec() {
    return BotDetectorConfig.SPEC;
  }

  @Override
  public Transform create(BotDetectorConfig config, TransformContext context) {
    return new BotDetector(config);
  }
}
