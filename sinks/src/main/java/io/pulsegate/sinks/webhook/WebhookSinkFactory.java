package io.pulsegate.sinks.webhook;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.SinkFactory;

/// Makes webhook sinks.
public final class WebhookSinkFactory implements SinkFactory<WebhookConfig> {
  @Override
  public ComponentSpec<WebhookConfig> spec() {
    return WebhookConfig.SPEC;
  }

  @Override
  public WebhookSink create(WebhookConfig config, SinkContext context) {
    return new WebhookSink(config, context, AddressGuard.Resolver.SYSTEM);
  }
}
