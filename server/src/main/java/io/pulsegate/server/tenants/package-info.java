/// Tenants while the server runs: those of the file and those of the admin API, made into one
/// snapshot, kept over restarts.
@NullMarked
package io.pulsegate.server.tenants;

import org.jspecify.annotations.NullMarked;
