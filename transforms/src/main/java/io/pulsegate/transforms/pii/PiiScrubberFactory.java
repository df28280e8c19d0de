package io.pulsegate.transforms.pii;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformFactory;
import io.pulsegate.transforms.KeyedHash;
import io.pulsegate.transforms.pii.PiiScrubberConfig.Action;
import java.util.List;

/// Makes `pii_scrubber`, with the defaults of the tenant's privacy level.
public final class PiiScrubberFactory implements TransformFactory<PiiScrubberConfig> {
  private static final List<String> NAMES =
      List.of(
          "name",
          "first_name",
          "last_name",
          "full_name",
          "email",
          "phone",
          "address",
          "street",
          "birth_date",
          "date_of_birth",
          "ssn",
          "medical_record_number");
  private static final List<String> OWNERS = List.of("", "user.", "customer.", "patient.");

  @Override
  public ComponentSpec<PiiScrubberConfig> spec() {
    return PiiScrubberConfig.SPEC;
  }

  @Override
  public Transform create(PiiScrubberConfig config, TransformContext context) {
    boolean gdpr = context.privacyLevel().equalsIgnoreCase("gdpr");
    boolean hipaa = context.privacyLevel().equalsIgnoreCase("hipaa");
    return new PiiScrubber(
        config.fields().orElse(hipaa ? usualFields() : List.of()),
        config
            .patterns()
            .orElse(
                gdpr || hipaa
                    ? List.of(PiiPattern.EMAIL, PiiPattern.IP, PiiPattern.CARD, PiiPattern.PHONE)
                    : List.of(PiiPattern.EMAIL, PiiPattern.CARD, PiiPattern.PHONE)),
        config.action().orElse(gdpr ? Action.HASH : Action.REDACT),
        new KeyedHash(context.secret()));
  }

  private static List<String> usualFields() {
    return OWNERS.stream().flatMap(owner -> NAMES.stream().map(owner::concat)).toList();
  }
}
