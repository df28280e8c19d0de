package io.pulsegate.api;

import java.nio.file.Path;

/// What a transform is given when it is made.
///
/// @param tenant whose events it will see
/// @param privacyLevel the tenant's, as its configuration names it; empty for none
/// @param secret of this tenant and installation, at least 16 bytes, for hashes that must not be
///   guessed
/// @param folder where relative file names of its settings begin
public record TransformContext(TenantId tenant, String privacyLevel, Bytes secret, Path folder) {}
