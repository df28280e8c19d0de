package io.pulsegate.server.door;

import io.pulsegate.api.TenantId;
import io.pulsegate.core.Privacy;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonNames;
import io.pulsegate.json.JsonScanner;
import io.pulsegate.server.config.DialectsConfig.Domain;
import io.pulsegate.server.config.DialectsConfig.Lookup;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Asks `GET {url}/api/v1/config/domain/{domain}`.
///
/// The service is not trusted to be well: no redirect is followed, at most 64 KiB of an answer are
/// read, and the whole of it has one deadline. 200 with a client id is a yes; 403, 404 and 410 are
/// a no; everything else is a failure. A privacy level that is not known is taken for the
/// strictest.
final class HttpDomainService implements DomainService, AutoCloseable {
  private static final int ANSWER_BYTES_MAX = 65_536;

  private final Lookup lookup;
  private final String prefix;
  private final JsonNames names;
  private final HttpClient client;

  HttpDomainService(Lookup lookup) {
    this.lookup = lookup;
    this.prefix = lookup.url().toString().replaceFirst("/+$", "") + "/api/v1/config/domain/";
    this.names = JsonNames.of(lookup.clientField(), lookup.privacyField());
    this.client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(lookup.timeout())
            .build();
  }

  @Override
  public CompletableFuture<Answer> ask(String domain) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(prefix + domain))
            .timeout(lookup.timeout())
            .header("Accept", "application/json")
            .GET()
            .build();
    var answer = new CompletableFuture<Answer>();
    // The deadline of the request ends with its head; this one covers the body too.
    var _ =
        answer.completeOnTimeout(
            new Answer.Failed("no answer within " + lookup.timeout().toMillis() + " ms"),
            lookup.timeout().plus(Duration.ofMillis(100)).toMillis(),
            TimeUnit.MILLISECONDS);
    Thread reader = Thread.ofVirtual().name("domain-lookup").unstarted(() -> ask(request, answer));
    var _ = answer.whenComplete((done, bug) -> reader.interrupt());
    reader.start();
    return answer;
  }

  private void ask(HttpRequest request, CompletableFuture<Answer> answer) {
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        answer.complete(understood(response.statusCode(), body));
      }
    } catch (IOException e) {
      answer.complete(
          new Answer.Failed("the domain service cannot be asked: " + e.getClass().getSimpleName()));
    } catch (InterruptedException late) {
      answer.complete(new Answer.Failed("the lookup was given up"));
    } catch (RuntimeException bug) {
      answer.complete(
          new Answer.Failed("the domain service answered nonsense: " + bug.getMessage()));
    }
  }

  private Answer understood(int status, InputStream body) throws IOException {
    return switch (status) {
      case 200 -> {
        byte[] bytes = body.readNBytes(ANSWER_BYTES_MAX + 1);
        yield bytes.length > ANSWER_BYTES_MAX
            ? new Answer.Failed("the answer is larger than " + ANSWER_BYTES_MAX + " bytes")
            : read(bytes);
      }
      case 403, 404, 410 -> new Answer.Refused("the domain service says " + status);
      default -> new Answer.Failed("the domain service says " + status);
    };
  }

  private Answer read(byte[] bytes) {
    String client = "";
    String privacy = "";
    try {
      JsonScanner scanner = new JsonScanner();
      scanner.reset(bytes, 0, bytes.length);
      scanner.enterObject();
      while (scanner.nextField()) {
        int field = scanner.fieldIn(names);
        if (field >= 0 && scanner.skipValue() == JsonKind.STRING) {
          if (field == 0) {
            client = scanner.text();
          } else {
            privacy = scanner.text();
          }
        }
      }
      scanner.end();
    } catch (JsonException e) {
      return new Answer.Failed("the answer is no JSON object: " + e.getMessage());
    }
    if (client.isEmpty()) {
      return new Answer.Failed("the answer has no text in " + lookup.clientField());
    }
    try {
      return new Answer.Authorised(new Domain(new TenantId(client), level(privacy)));
    } catch (IllegalArgumentException e) {
      return new Answer.Failed("the client id cannot name a tenant: " + e.getMessage());
    }
  }

  private static Privacy level(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "", "standard" -> Privacy.STANDARD;
      case "gdpr" -> Privacy.GDPR;
      default -> Privacy.HIPAA;
    };
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
