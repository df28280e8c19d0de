package io.pulsegate.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Options of a [PulseClient], each with a default. A value that makes no sense is refused where it
/// is given, with [IllegalArgumentException].
public final class PulseClientBuilder {
  private static final String KEY_HEADER = "X-API-Key";
  private static final Duration DURATION_MAX = Duration.ofDays(36_500);

  private final URI endpoint;
  private WireFormat format = WireFormat.NATIVE;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private int batchEvents = 500;
  private int batchBytes = 512 * 1024;
  private Duration flushInterval = Duration.ofSeconds(1);
  private long queueBytes = 16L << 20;
  private int eventBytes = 1 << 20;
  private boolean gzip = true;
  private Backoff backoff =
      new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30), Duration.ofMinutes(10));
  private Duration connectTimeout = Duration.ofSeconds(5);
  private Duration requestTimeout = Duration.ofSeconds(30);
  private Duration closeLimit = Duration.ofSeconds(5);
  private Optional<Path> spoolFolder = Optional.empty();
  private long spoolBytes = 64L << 20;
  private Duration spoolSync = Duration.ofSeconds(1);
  private Optional<BiConsumer<DropReason, Long>> onDrop = Optional.empty();
  private Optional<Consumer<PulseError>> onError = Optional.empty();
  private InstantSource clock = InstantSource.system();

  PulseClientBuilder(String endpoint) {
    this.endpoint = checked(endpoint);
  }

  private static URI checked(String endpoint) {
    URI uri = URI.create(endpoint.strip());
    boolean usable =
        ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()))
            && uri.getHost() != null
            && uri.getPort() <= 65_535
            && uri.getQuery() == null
            && uri.getUserInfo() == null;
    if (!usable) {
      throw new IllegalArgumentException(
          "an endpoint looks like https://events.example.com, was " + endpoint);
    }
    return uri;
  }

  private URI eventsUri() {
    String text = endpoint.toString().replaceAll("/+$", "");
    return URI.create(text.endsWith(format.path()) ? text : text + format.path());
  }

  /// The tenant's key; not beside [#siteId].
  public PulseClientBuilder apiKey(String key) {
    require(format != WireFormat.KAASINO, "apiKey", "given without siteId: one of the two");
    return header(KEY_HEADER, key);
  }

  /// The site, in the place of a key: events go to `POST /collect` in the shape of Kaasino's
  /// client, with the fields beside `event_type`, `event_id` and `time`, names that are not free
  /// then. A spool belongs to one format.
  public PulseClientBuilder siteId(String site) {
    require(!headers.containsKey(KEY_HEADER), "siteId", "given without apiKey: one of the two");
    this.format = WireFormat.KAASINO;
    return header("X-Site-Id", site);
  }

  /// A header for every request, such as one that a proxy asks for.
  public PulseClientBuilder header(String name, String value) {
    require(
        !value.isBlank() && value.chars().allMatch(c -> c >= 0x20 && c < 0x7f),
        name,
        "printable ASCII and not blank: look for a line end or a quotation mark copied with it");
    HttpRequest.Builder unused = HttpRequest.newBuilder().header(name, value); // throws if unusable
    headers.put(name, value);
    return this;
  }

  /// How many events make a request, at most; a request goes out when there are as many. 1 to
  /// 10,000, default 500.
  public PulseClientBuilder batchEvents(int events) {
    require(events >= 1 && events <= 10_000, "batchEvents", "1 to 10,000");
    this.batchEvents = events;
    return this;
  }

  /// How many bytes make a request, before compression. A single event may have more. 1 KiB to 8
  /// MiB, default 512 KiB.
  public PulseClientBuilder batchBytes(int bytes) {
    require(bytes >= 1024 && bytes <= 8 << 20, "batchBytes", "1 KiB to 8 MiB");
    this.batchBytes = bytes;
    return this;
  }

  /// How long an event waits for others before it is sent. Default 1 s.
  public PulseClientBuilder flushInterval(Duration interval) {
    this.flushInterval = positive(interval, "flushInterval");
    return this;
  }

  /// Most bytes of events waiting in memory; without a spool. At least 64 KiB, default 16 MiB.
  public PulseClientBuilder queueBytes(long bytes) {
    require(bytes >= 64 * 1024, "queueBytes", "at least 64 KiB");
    this.queueBytes = bytes;
    return this;
  }

  /// Longest event that is taken, as JSON with its envelope. 256 bytes to 8 MiB, default 1 MiB,
  /// which is also about what a server takes.
  public PulseClientBuilder eventBytes(int bytes) {
    require(bytes >= 256 && bytes <= 8 << 20, "eventBytes", "256 bytes to 8 MiB");
    this.eventBytes = bytes;
    return this;
  }

  /// Whether requests of more than 1 KiB are compressed with gzip. Default yes.
  public PulseClientBuilder compression(boolean on) {
    this.gzip = on;
    return this;
  }

  /// How long to wait after a failure: drawn from 0 to a bound that begins at `min` and doubles up
  /// to `max`. What a server asks for in `Retry-After` is waited for as well. Default 200 ms and 30
  /// s. It is tried for as long as the client lives; the bound of the queue is what ends it.
  public PulseClientBuilder retry(Duration min, Duration max) {
    require(
        positive(max, "retry").compareTo(positive(min, "retry")) >= 0,
        "retry",
        "min and, not less, max");
    this.backoff = new Backoff(min, max, backoff.retryAfterMax());
    return this;
  }

  /// Longest wait that a server may ask for in `Retry-After`. Default 10 minutes.
  public PulseClientBuilder retryAfterMax(Duration max) {
    this.backoff = new Backoff(backoff.min(), backoff.max(), positive(max, "retryAfterMax"));
    return this;
  }

  /// Longest time for opening a connection (default 5 s) and for a whole request (default 30 s).
  public PulseClientBuilder timeouts(Duration connect, Duration request) {
    this.connectTimeout = positive(connect, "connect timeout");
    this.requestTimeout = positive(request, "request timeout");
    return this;
  }

  /// How long [PulseClient#close()] may take to send what waits. Default 5 s.
  public PulseClientBuilder closeLimit(Duration limit) {
    require(!limit.isNegative(), "closeLimit", "not negative");
    this.closeLimit = limit;
    return this;
  }

  /// Keeps what was tracked in files, so that it outlives this process and a long outage of the
  /// server. One client per folder.
  ///
  /// @param bytes of all files together; at least 256 KiB
  public PulseClientBuilder spool(Path folder, long bytes) {
    require(bytes >= 256 * 1024, "spool", "at least 256 KiB");
    this.spoolFolder = Optional.of(folder);
    this.spoolBytes = bytes;
    return this;
  }

  /// How long what was tracked may stay away from the disk itself: what a loss of power may cost. A
  /// killed process costs nothing. Default 1 s.
  public PulseClientBuilder spoolSync(Duration sync) {
    this.spoolSync = positive(sync, "spoolSync");
    return this;
  }

  /// Told how many events were dropped and why; the sum of all calls is what [PulseStats#dropped]
  /// says. Called on the client's thread, soon after. Default: logged.
  public PulseClientBuilder onDrop(BiConsumer<DropReason, Long> callback) {
    this.onDrop = Optional.of(callback);
    return this;
  }

  /// Told what went wrong while sending, once for each event that was refused. Called on the
  /// client's thread, which waits for it. Default: logged.
  public PulseClientBuilder onError(Consumer<PulseError> callback) {
    this.onError = Optional.of(callback);
    return this;
  }

  /// Where the time of events comes from. Default: the system.
  public PulseClientBuilder clock(InstantSource source) {
    this.clock = source;
    return this;
  }

  /// Starts the client. It does not connect yet: the server may be down.
  ///
  /// @throws UncheckedIOException where the spool's folder cannot be used
  public PulseClient build() {
    require(!headers.isEmpty(), "apiKey or siteId", "given: the server knows the tenant by it");
    headers.put("Content-Type", format.contentType());
    var reporter = new Reporter(onDrop, onError);
    SegmentStore store = store(reporter);
    var seeds = new SecureRandom();
    var limits = new Outbox.Limits(batchEvents, batchBytes, flushInterval.toNanos(), eventBytes);
    var outbox =
        new Outbox(
            store,
            new Envelope(format, seeds.nextLong(), seeds.nextLong()),
            clock,
            limits,
            store.survivesClose() ? Long.MAX_VALUE : queueBytes);
    var transport =
        new HttpTransport(eventsUri(), Map.copyOf(headers), gzip, connectTimeout, requestTimeout);
    var random = new SplittableRandom(seeds.nextLong());
    var sender = new Sender(outbox, transport, reporter, backoff, clock, random, limits, format);
    return new PulseClient(outbox, sender, transport, store, reporter, closeLimit);
  }

  private SegmentStore store(Reporter reporter) {
    if (spoolFolder.isEmpty()) {
      return new HeapStore();
    }
    try {
      return Spool.open(
          spoolFolder.get(),
          format,
          spoolBytes,
          spoolSync,
          reason -> {
            boolean unused = reporter.trouble(new PulseError.SpoolTrouble(reason));
          });
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the spool %s cannot be used: %s".formatted(spoolFolder.get(), e.getMessage()), e);
    }
  }

  private static Duration positive(Duration duration, String name) {
    boolean inRange =
        !duration.isNegative() && !duration.isZero() && duration.compareTo(DURATION_MAX) <= 0;
    require(inRange, name, "positive and at most 36,500 days");
    return duration;
  }

  private static void require(boolean fulfilled, String name, String rule) {
    if (!fulfilled) {
      throw new IllegalArgumentException(name + " must be " + rule);
    }
  }
}
