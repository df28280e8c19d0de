package io.pulsegate.transforms.bot;

import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.json.JsonValue.JsonBoolean;
import io.pulsegate.json.JsonValue.JsonText;
import io.pulsegate.transforms.Fields;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Knows bots by what they call themselves. One that pretends to be a browser is not found.
final class BotDetector implements Transform {
  /// Words that end in "bot", but for telephones of the Cubot brand, and general words.
  private static final Pattern WORDS =
      Pattern.compile("(?<!\\bcu)bot(?![a-z])|crawl|spider|scrape|slurp|headless|preview|monitor");

  /// Programs and services whose names hold none of the words.
  private static final List<String> NAMES =
      List.of(
          "curl/",
          "wget/",
          "python-requests",
          "python-urllib",
          "aiohttp",
          "httpx",
          "go-http-client",
          "java-http-client",
          "libwww-perl",
          "node-fetch",
          "phantomjs",
          "puppeteer",
          "playwright",
          "selenium",
          "lighthouse",
          "pingdom",
          "facebookexternalhit",
          "chatgpt-user",
          "mediapartners-google",
          "feedfetcher");

  private final BotDetectorConfig config;
  private final List<String> tokens;

  BotDetector(BotDetectorConfig config) {
    this.config = config;
    this.tokens = config.tokens().stream().map(each -> each.toLowerCase(Locale.ROOT)).toList();
  }

  @Override
  public Verdict apply(TransformEvent event) {
    boolean bot =
        config.fields().stream()
            .flatMap(path -> event.payload().at(path).stream())
            .anyMatch(value -> value instanceof JsonText(String text) && isBot(text));
    if (!bot) {
      return new Verdict.Keep(event);
    }
    var yes = new JsonBoolean(true);
    return switch (config.action()) {
      case DROP -> new Verdict.Drop("bot");
      case MARK -> {
        boolean marked =
            !Fields.hasRoomAt(event.payload(), config.mark())
                || event.payload().at(config.mark()).filter(yes::equals).isPresent();
        yield new Verdict.Keep(
            marked ? event : event.withPayload(event.payload().withAt(config.mark(), yes)));
      }
    };
  }

  private boolean isBot(String userAgent) {
    String lower = userAgent.toLowerCase(Locale.ROOT);
    return WORDS.matcher(lower).find()
        || NAMES.stream().anyMatch(lower::contains)
        || tokens.stream().anyMatch(lower::contains);
  }
}
