package io.pulsegate.server.door;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.EventWriter.HashKey;
import io.pulsegate.api.Redaction;
import io.pulsegate.api.SipHash128;
import io.pulsegate.core.Privacy;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonLimits;
import io.pulsegate.json.JsonScanner;
import io.pulsegate.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the privacy levels of clients mean. Applied before an event is stored anywhere, dead
/// letters included.
///
/// `gdpr`: a text that is an IP address becomes `ip:` and a keyed hash of it, the same for the same
/// address in this installation. `hipaa`: that, and values of fields whose names speak of a person
/// become `[redacted]`, as do e-mail addresses in any text.
public final class PrivacyRules {
  private static final String REDACTED = "[redacted]";
  private static final int ADDRESS_MAX = 60;
  private static final int LIST_MAX = 1_000;

  /// Deeper than any document that comes this far.
  private static final JsonLimits LIMITS =
      new JsonLimits(1_000, JsonLimits.DEFAULT.nameBytesMax(), JsonLimits.DEFAULT.numberBytesMax());

  private static final Pattern V4 = Pattern.compile("(?:\\d{1,3}\\.){3}\\d{1,3}(?::\\d{1,5})?");
  private static final Pattern V6 =
      Pattern.compile(
          "\\[?(?=[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:)[0-9a-fA-F:.]{2,45}(?:%\\w+)?]?(?::\\d{1,5})?");
  private static final Pattern EMAIL =
      Pattern.compile("[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63}){1,8}");

  /// Names without separators and in lower case.
  private static final Set<String> PERSONAL =
      Set.of(
          "email",
          "mail",
          "emailaddress",
          "phone",
          "phonenumber",
          "mobile",
          "telephone",
          "name",
          "firstname",
          "lastname",
          "fullname",
          "username",
          "surname",
          "address",
          "street",
          "postalcode",
          "zip",
          "zipcode",
          "birthday",
          "birthdate",
          "dateofbirth",
          "dob",
          "ssn",
          "socialsecuritynumber",
          "passport",
          "patientid",
          "medicalrecordnumber",
          "mrn",
          "diagnosis",
          "insuranceid",
          "creditcard",
          "cardnumber",
          "password");

  private final HashKey key;

  public PrivacyRules(HashKey key) {
    this.key = key;
  }

  /// What a level takes out; empty where it takes out nothing.
  public Optional<Redaction> of(Privacy level) {
    return switch (level) {
      case STANDARD -> Optional.empty();
      case GDPR -> Optional.of(payload -> rewrite(payload, false));
      case HIPAA -> Optional.of(payload -> rewrite(payload, true));
    };
  }

  private Bytes rewrite(Bytes payload, boolean strict) {
    JsonScanner scanner = new JsonScanner(LIMITS);
    scanner.reset(payload.array(), payload.from(), payload.to());
    JsonWriter out = new JsonWriter(payload.length() + 64);
    boolean changed = copy(scanner, payload, out, strict);
    return changed ? Bytes.of(out.toByteArray()) : payload;
  }

  /// Copies the value at the cursor; true where something in it was changed.
  private boolean copy(JsonScanner scanner, Bytes from, JsonWriter out, boolean strict) {
    boolean changed = false;
    switch (scanner.peek()) {
      case OBJECT -> {
        scanner.enterObject();
        out.beginObject();
        while (scanner.nextField()) {
          String name = scanner.fieldName();
          out.name(name);
          if (strict && isPersonal(name)) {
            changed |= redact(scanner, from, out);
          } else {
            changed |= copy(scanner, from, out, strict);
          }
        }
        out.endObject();
      }
      case ARRAY -> {
        scanner.enterArray();
        out.beginArray();
        while (scanner.nextElement()) {
          changed |= copy(scanner, from, out, strict);
        }
        out.endArray();
      }
      case STRING -> changed = text(scanner, from, out, strict);
      case NUMBER, TRUE, FALSE, NULL -> raw(scanner, from, out);
    }
    return changed;
  }

  private static boolean redact(JsonScanner scanner, Bytes from, JsonWriter out) {
    if (scanner.peek() == JsonKind.NULL) {
      raw(scanner, from, out);
      return false;
    }
    JsonKind _ = scanner.skipValue();
    out.value(REDACTED);
    return true;
  }

  private boolean text(JsonScanner scanner, Bytes from, JsonWriter out, boolean strict) {
    JsonKind _ = scanner.skipValue();
    String text = scanner.text();
    if (areAddresses(text)) {
      out.value(
          Stream.of(text.split(",", -1))
              .map(address -> "ip:" + hash(address.strip()))
              .collect(Collectors.joining(",")));
      return true;
    }
    if (strict && text.indexOf('@') >= 0) {
      String clean = EMAIL.matcher(text).replaceAll(REDACTED);
      if (!clean.equals(text)) {
        out.value(clean);
        return true;
      }
    }
    out.raw(from.array(), scanner.valueStart(), scanner.valueEnd());
    return false;
  }

  private static void raw(JsonScanner scanner, Bytes from, JsonWriter out) {
    JsonKind _ = scanner.skipValue();
    out.raw(from.array(), scanner.valueStart(), scanner.valueEnd());
  }

  /// One address, or several with commas between, as proxies list them.
  private static boolean areAddresses(String text) {
    return text.length() <= LIST_MAX
        && Stream.of(text.split(",", -1)).map(String::strip).allMatch(PrivacyRules::isAddress);
  }

  private static boolean isAddress(String text) {
    return text.length() <= ADDRESS_MAX
        && (V4.matcher(text).matches() || V6.matcher(text).matches());
  }

  private static boolean isPersonal(String name) {
    return PERSONAL.contains(name.toLowerCase(Locale.ROOT).replaceAll("[_\\s-]", ""));
  }

  private String hash(String text) {
    byte[] bytes = text.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
    SipHash128 hash = new SipHash128(key.low(), key.high());
    hash.hash(bytes, 0, bytes.length);
    return HexFormat.of().toHexDigits(hash.high()) + HexFormat.of().toHexDigits(hash.low());
  }
}
