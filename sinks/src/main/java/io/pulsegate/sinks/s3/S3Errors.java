package io.pulsegate.sinks.s3;

import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Unavailable;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// What a failure of the store asks for: time, or a person.
final class S3Errors {
  /// Answers below 500 that pass by themselves.
  private static final Set<String> PASSING =
      Set.of("SlowDown", "RequestTimeout", "RequestTimeoutException", "OperationAborted");

  private S3Errors() {}

  static Unavailable of(SdkException e) {
    if (e instanceof S3Exception answer) {
      String code =
          Optional.ofNullable(answer.awsErrorDetails())
              .flatMap(details -> Optional.ofNullable(details.errorCode()))
              .orElse("no code");
      int status = answer.statusCode();
      boolean passes = status >= 500 || status == 429 || status == 408 || PASSING.contains(code);
      return new Unavailable(
          passes ? Cause.OUTAGE : Cause.MISCONFIGURED,
          "the store answered %d %s".formatted(status, code)
              + (passes ? "" : "; see bucket, region, credentials and this machine's clock"),
          Optional.empty());
    }
    return new Unavailable(
        Cause.OUTAGE, "the store cannot be reached: " + e.getMessage(), Optional.empty());
  }
}
