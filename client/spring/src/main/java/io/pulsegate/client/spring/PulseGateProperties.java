package io.pulsegate.client.spring;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Properties of the client of an application.
///
/// @param endpoint of the server; without it nothing is set up
/// @param apiKey the tenant's key
/// @param service name in what is recorded; the application's name where it is absent
/// @param recordRequests whether requests to the application are recorded
/// @param spool folder in which events outlive the application
/// @param spoolBytes of the spool, at most
/// @param flushInterval how long an event waits for others
/// @param closeLimit how long the end of the application waits for the last events
@ConfigurationProperties("pulsegate")
public record PulseGateProperties(
    String endpoint,
    @Nullable String apiKey,
    @Nullable String service,
    @DefaultValue("true") boolean recordRequests,
    @Nullable Path spool,
    @DefaultValue("67108864") long spoolBytes,
    @DefaultValue("1s") Duration flushInterval,
    @DefaultValue("5s") Duration closeLimit) {}
