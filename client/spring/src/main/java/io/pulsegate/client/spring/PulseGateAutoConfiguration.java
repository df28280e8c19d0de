package io.pulsegate.client.spring;

import io.pulsegate.client.PulseClient;
import io.pulsegate.client.PulseClientBuilder;
import io.pulsegate.client.servlet.PulseFilter;
import jakarta.servlet.Filter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/// Gives an application a [PulseClient], and records its requests, where `pulsegate.endpoint` is
/// set.
@AutoConfiguration
@ConditionalOnProperty("pulsegate.endpoint")
@EnableConfigurationProperties(PulseGateProperties.class)
public class PulseGateAutoConfiguration {
  /// Made by Spring.
  public PulseGateAutoConfiguration() {}

  /// The client; closed with the application.
  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  PulseClient pulseClient(PulseGateProperties properties) {
    if (properties.apiKey() == null) {
      throw new IllegalArgumentException(
          "pulsegate.api-key is missing: it belongs to pulsegate.endpoint, "
              + properties.endpoint());
    }
    PulseClientBuilder builder =
        PulseClient.builder(properties.endpoint())
            .apiKey(properties.apiKey())
            .flushInterval(properties.flushInterval())
            .closeLimit(properties.closeLimit());
    if (properties.spool() != null) {
      builder.spool(properties.spool(), properties.spoolBytes());
    }
    return builder.build();
  }

  /// Apart, so that an application without servlets gets the client and needs none of their
  /// classes.
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  @ConditionalOnProperty(name = "pulsegate.record-requests", matchIfMissing = true)
  static class Requests {
    /// The filter, in front of almost every other; Spring Boot registers it.
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 10)
    Filter pulseFilter(
        PulseClient client, PulseGateProperties properties, Environment environment) {
      String named = properties.service();
      String service =
          named == null ? environment.getProperty("spring.application.name", "application") : named;
      return new PulseFilter(client, service);
    }
  }
}
