package io.pulsegate.transforms.useragent;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformFactory;

/// Makes `user_agent_parser`.
public final class UserAgentParserFactory implements TransformFactory<UserAgentParserConfig> {
  @Override
  public ComponentSpec<UserAgentParserConfig> spec() {
    return UserAgentParserConfig.SPEC;
  }

  @Override
  public Transform create(UserAgentParserConfig config, TransformContext context) {
    return new UserAgentParser(config, KnownAgents.shared());
  }
}
