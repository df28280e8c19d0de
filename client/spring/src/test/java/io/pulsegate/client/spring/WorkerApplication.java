package io.pulsegate.client.spring;

import io.pulsegate.client.PulseClient;
import io.pulsegate.client.PulseEvent;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/// An application that serves no requests: started without the classes of servlets.
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class WorkerApplication {
  /// @param arguments properties
  public static void main(String[] arguments) {
    try (var context = SpringApplication.run(WorkerApplication.class, arguments)) {
      context.getBean(PulseClient.class).track(PulseEvent.of("from a worker"));
    }
  }
}
