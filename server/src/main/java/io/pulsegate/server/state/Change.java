package io.pulsegate.server.state;

import java.time.Instant;

/// One change as the audit log keeps it.
///
/// @param actor who made it: `operator`, `file`, `retention` or `key:` and the tenant and key
/// @param action what was done, such as `tenant.create`
/// @param tenant whom it is about; empty where it is about the server
/// @param subject what of the tenant, such as a key's id; may be empty
/// @param detail more, for a person; never a secret or payload
public record Change(
    Instant at, String actor, String action, String tenant, String subject, String detail) {}
