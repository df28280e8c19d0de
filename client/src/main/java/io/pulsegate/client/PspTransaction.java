package io.pulsegate.client;

import java.math.BigDecimal;
import java.util.Optional;

/// A transaction with a payment service provider, with the fields that the Kaasino client has for
/// it.
///
/// @param operation such as `deposit`
/// @param durationMs milliseconds
/// @param amount with exactly the digits it has
/// @param currency ISO 4217
public record PspTransaction(
    String pspName,
    String operation,
    double durationMs,
    boolean success,
    Optional<String> playerId,
    Optional<String> transactionId,
    Optional<BigDecimal> amount,
    Optional<String> currency) {
  /// Event type on the wire.
  public static final String TYPE = "psp_metric";

  PulseEvent event() {
    PulseEvent event =
        PulseEvent.of(TYPE)
            .with("psp_name", pspName)
            .with("operation", operation)
            .with("duration_ms", durationMs)
            .with("success", success);
    playerId.ifPresent(id -> event.with("player_id", id));
    transactionId.ifPresent(id -> event.with("transaction_id", id));
    amount.ifPresent(sum -> event.with("amount", sum));
    currency.ifPresent(code -> event.with("currency", code));
    return event;
  }
}
