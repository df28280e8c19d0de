package io.pulsegate.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The SDK in a real Chromium against a real PulseGate.
class BrowserSdkTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /// In the script of a page: where to send, quickly, and what to note.
  private static final String QUIET =
      "flushInterval: 50, auto: {pageViews: false, clicks: false, scroll: false, forms: false, errors: false}, onError: (e) => errors.push(e), onDelivered: (d) => delivered.push(...d)";

  @TempDir static Path temp;
  private static Chromium chromium;
  private static Site site;
  private static Collector collector;

  private Visitor visitor;

  @BeforeAll
  static void start() throws Exception {
    chromium = Chromium.startOrSkip(temp.resolve("profile"), "{}");
    site = new Site();
    collector = new Collector(temp.resolve("server"), site.origin());
    collector.start();
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
    if (collector != null) {
      collector.close();
    }
    if (site != null) {
      site.close();
    }
  }

  @BeforeEach
  void arrive() {
    visitor = chromium.visitor();
  }

  @AfterEach
  void leave() {
    visitor.close();
  }

  private static ConditionFactory eventually() {
    return await().pollInterval(Duration.ofMillis(50)).atMost(LIMIT);
  }

  private static void awaitRows(String type, int rows) {
    eventually().until(() -> collector.count(type) == rows);
  }

  /// A page of the shop whose client is `pulse`; it notes in `errors` and `delivered`.
  private static String page(String policy, String options) {
    return site.page(policy, script(options));
  }

  private static String script(String options) {
    return "window.errors = []; window.delivered = [];\nwindow.pulse = pulsegate.init({%s, %s});\nvoid 0;"
        .formatted(QUIET, options);
  }

  private static String toShop(String endpoint) {
    return "endpoint: '%s', siteId: 'shop'".formatted(endpoint);
  }

  @Test
  void recordsWhatAVisitorDoesOnTheDemoPageAndTheVitalsOfThePage() throws Exception {
    Tab tab = visitor.open(collector.url() + "/demo?secret=token#fragment");
    tab.click("[data-sku=sencha]");
    tab.click("nav a[data-route=Teas]");
    tab.click("input[name=email]");
    tab.type("somebody@example.com");
    tab.click("#fail");
    tab.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})");
    tab.until("arrived.textContent === recorded.textContent && Number(arrived.textContent) > 9");
    tab.evaluate("scrollTo({top: 0, behavior: 'instant'})");
    tab.screenshot(Path.of("target/demo.png"));
    String session = tab.text("localStorage.pulse_session.split('.')[0]");
    tab.go("about:blank"); // some vitals are final when the page is left

    String mine = " from events where payload->>'session_id' = '" + session + "'";
    eventually()
        .untilAsserted(() ->
            assertThat(
                    collector.query(
                        "select payload->>'metric_name'" + mine + " and event_type = 'web_vital'"))
                .containsExactlyInAnyOrder("LCP", "FCP", "TTFB", "CLS", "INP"));
    assertThat(
            collector.query(
                "select payload->>'metric_name'"
                    + mine
                    + " and event_type = 'web_vital' and payload->>'metric_name' <> 'CLS' and not (payload->>'value')::double > 0"))
        .as("vitals that were not really measured")
        .isEmpty();
    assertThat(collector.query("select distinct event_type" + mine))
        .containsExactlyInAnyOrder(
            "page_view",
            "click",
            "add_to_cart",
            "form_focus",
            "scroll_depth",
            "error",
            "web_vital");
    assertThat(
            collector.query(
                "select (payload->>'page_path') || ' ' || (payload->>'title')"
                    + mine
                    + " and event_type = 'page_view' order by occurred_at"))
        .containsExactly("/demo PulseGate demo: Leaf & Kettle", "/demo/teas PulseGate demo: Teas");
    assertThat(
            collector.query(
                "select distinct payload->>'name'" + mine + " and payload->>'name' is not null"))
        .containsExactly("add_to_cart");
    assertThat(collector.query("select payload::varchar" + mine).toString())
        .doesNotContain("secret", "token", "fragment", "somebody@example.com");
    assertThat(collector.query("select event_id" + mine)).doesNotHaveDuplicates();
    assertThat(visitor.cookies()).isZero();
  }

  @Test
  void sendsWhatAClosingTabHasRecordedLast() throws Exception {
    Tab tab = visitor.open(page("", toShop(collector.url()) + ", flushInterval: 60000"));
    tab.evaluate("pulse.track('the last moment')");
    tab.close();
    awaitRows("the last moment", 1);
  }

  @Test
  void sendsFromTheNextPageWhatWasLostOnItsWayWhenTheTabWasClosed() throws Exception {
    try (var relay = new Relay(collector.port())) {
      String shop = page("", toShop(relay.url()));
      Tab tab = visitor.open(shop);
      relay.swallowRequests();
      tab.evaluate("pulse.track('request lost'), void pulse.flush()");
      eventually().until(() -> relay.swallowed() > 0);
      tab.close();
      assertThat(collector.count("request lost")).isZero();
      relay.heal();
      Tab _ = visitor.open(shop);
      awaitRows("request lost", 1);
    }
  }

  @Test
  void storesOnceWhatArrivedWithoutThePageLearningOfItBeforeTheTabWasClosed() throws Exception {
    try (var relay = new Relay(collector.port())) {
      String shop = page("", toShop(relay.url()));
      Tab tab = visitor.open(shop);
      relay.swallowReplies();
      tab.evaluate("pulse.track('reply lost'), void pulse.flush()");
      awaitRows("reply lost", 1);
      tab.close();
      relay.heal();
      Tab next = visitor.open(shop);
      next.until("delivered.some((event) => event.type === 'reply lost')");
      assertThat(collector.count("reply lost")).isEqualTo(1);
    }
  }

  @Test
  void keepsWhatSeveralTabsCouldNotSend() throws Exception {
    try (var relay = new Relay(collector.port())) {
      String shop = page("", toShop(relay.url()));
      Tab first = visitor.open(shop);
      Tab second = visitor.open(shop);
      relay.swallowRequests();
      for (Tab tab : List.of(first, second)) {
        long before = relay.swallowed();
        tab.evaluate("pulse.track('of several tabs'), void pulse.flush()");
        eventually().until(() -> relay.swallowed() > before);
      }
      first.close();
      second.close();
      assertThat(collector.count("of several tabs")).isZero();
      relay.heal();
      Tab _ = visitor.open(shop);
      awaitRows("of several tabs", 2);
    }
  }

  @Test
  void takesNoAnswerButPulseGatesForAnAcknowledgement() {
    String portal = site.page("", "");
    Tab tab = visitor.open(page("", toShop(portal)));
    tab.evaluate("pulse.track('to a portal'), pulse.flush()");
    tab.until("errors.some((error) => error.kind === 'delayed' && error.status === 200)");
    assertThat(tab.text("localStorage.pulse_queue")).contains("to a portal");
    assertThat(tab.text("delivered.length")).isEqualTo("0");
  }

  /// A reply to two events in a format.
  record Reply(String format, int status, String body) {
    String to() {
      return "endpoint: '%s', siteId: 'shop', key: 'demo', storage: 'local', format: '%s'"
          .formatted(site.answering(status, body), format);
    }
  }

  /// Each kind of error with its status.
  private static final String TOLD =
      "[...new Set(errors.map((error) => error.kind + ' ' + error.status))].join()";

  private static final String TWO = "pulse.track('to a stranger'), pulse.track('to a stranger')";

  static List<Reply> foreign() {
    return List.of(
        new Reply("kaasino", 422, "<html>no</html>"),
        new Reply("kaasino", 200, "{\"status\":\"login required\"}"),
        new Reply("kaasino", 202, "{\"accepted\":2,\"duplicates\":0,\"rejected\":[]}"),
        new Reply(
            "kaasino",
            202,
            "{\"status\":\"accepted\",\"accepted\":1,\"duplicates\":0,\"rejected\":[]}"),
        new Reply("native", 200, "{\"accepted\":0,\"duplicates\":0,\"rejected\":[]}"),
        new Reply("native", 200, "{\"accepted\":\"2\",\"duplicates\":0,\"rejected\":[]}"),
        new Reply("native", 200, "{\"accepted\":2,\"duplicates\":0}"),
        new Reply("native", 200, "{\"accepted\":3,\"duplicates\":-1,\"rejected\":[]}"),
        new Reply(
            "native",
            200,
            "{\"accepted\":1,\"duplicates\":0,\"rejected\":[{\"index\":2,\"code\":\"a\",\"reason\":\"b\"}]}"),
        new Reply(
            "native",
            422,
            "{\"accepted\":0,\"duplicates\":0,\"rejected\":[{\"index\":0},{\"index\":0}]}"),
        new Reply("native", 200, "{\"error\":{\"code\":\"a\",\"message\":\"b\"}}"),
        new Reply("collection", 200, "{\"status\":\"success\"}"),
        new Reply("collection", 200, "{\"status\":\"success\",\"events_processed\":2}"),
        new Reply("collection", 200, "{\"status\":\"ok\",\"events_processed\":3}"),
        new Reply("kaasino", 400, "<html>bad request</html>"),
        new Reply("kaasino", 401, "<html>who are you?</html>"),
        new Reply("native", 404, "{\"error\":\"no such page\"}"),
        new Reply("native", 413, "<html>too large</html>"));
  }

  @ParameterizedTest
  @MethodSource("foreign")
  void keepsTheEventsWhateverAStrangerAnswers(Reply reply) {
    Tab tab = visitor.open(page("", reply.to()));
    tab.evaluate(TWO + ", pulse.flush()");
    assertThat(tab.text(TOLD)).isEqualTo("delayed " + reply.status());
    assertThat(tab.text("delivered.length")).isEqualTo("0");
    assertThat(tab.text("JSON.parse(localStorage.pulse_queue).length")).isEqualTo("2");
  }

  static List<Reply> own() {
    String error = "{\"error\":{\"code\":\"%s\",\"message\":\"no\"}}";
    return List.of(
        new Reply("native", 400, error.formatted("too_deep")),
        new Reply("native", 413, error.formatted("body_too_large")),
        new Reply("kaasino", 401, error.formatted("unauthenticated")),
        new Reply("collection", 422, error.formatted("invalid_field")),
        new Reply(
            "native",
            422,
            "{\"accepted\":0,\"duplicates\":0,\"rejected\":[{\"index\":0,\"code\":\"a\",\"reason\":\"b\"},{\"index\":1,\"code\":\"a\",\"reason\":\"c\"}]}"));
  }

  @ParameterizedTest
  @MethodSource("own")
  void givesUpWhatPulseGateRefuses(Reply reply) {
    Tab tab = visitor.open(page("", reply.to()));
    tab.evaluate(TWO + ", pulse.flush()");
    assertThat(tab.text(TOLD)).isEqualTo("refused " + reply.status());
    assertThat(tab.text("errors.reduce((events, error) => events + error.events, 0)"))
        .isEqualTo("2");
    assertThat(tab.text("delivered.length")).isEqualTo("0");
    assertThat(tab.text("localStorage.pulse_queue")).isEqualTo("undefined");
  }

  /// Nothing but the bad event of a batch is given up: by the server's own replies, in each format.
  @ParameterizedTest
  @ValueSource(strings = {"native", "kaasino", "collection"})
  void givesUpTheOneEventThatIsRefusedAndNoOther(String format) throws Exception {
    String type = "beside a bad one, " + format;
    // Keys may be sent from PulseGate's own origin alone.
    Tab tab = visitor.open(format.equals("native") ? collector.url() + "/demo" : site.page("", ""));
    tab.evaluate(Files.readString(Path.of("../browser/dist/pulsegate.iife.js")));
    tab.evaluate(
        script(
            toShop(collector.url())
                + ", key: 'demo', storage: 'none', flushInterval: 60000, format: '"
                + format
                + "'"));
    tab.evaluate(
        "pulse.track('%1$s'), pulse.track('x'.repeat(300)), pulse.track('%1$s'), pulse.flush()"
            .formatted(type));
    assertThat(tab.text("delivered.map((event) => event.type).join()"))
        .isEqualTo(type + "," + type);
    assertThat(tab.text("errors.map((error) => error.kind + ' ' + error.events).join()"))
        .isEqualTo("refused 1");
    awaitRows(type, 2);
  }

  @Test
  void warnsOnceOfEachKindOfErrorThatNobodyListensTo() {
    Tab tab =
        visitor.open(
            page("", toShop(site.answering(200, "<html>log in</html>")) + ", onError: undefined"));
    tab.evaluate("window.warned = [], console.warn = (text) => warned.push(text), void 0");
    tab.evaluate(
        "window.circle = {}, circle.circle = circle, pulse.track('a circle', circle), pulse.track('a large number', {n: 1n})");
    assertThat(tab.text("warned.length")).isEqualTo("1");
    assertThat(tab.text("warned[0]")).contains("dropped", "circular", "onError");
    tab.evaluate("pulse.track('whole'), pulse.flush()");
    tab.evaluate("pulse.flush()");
    assertThat(tab.text("warned.length")).isEqualTo("2");
    assertThat(tab.text("warned[1]")).contains("delayed", "status 200");
  }

  @Test
  void tellsOfEventsThatCannotBeWritten() {
    Tab tab = visitor.open(page("", toShop(collector.url()) + ", consent: 'pending'"));
    tab.evaluate("console.warn = (text) => errors.push({kind: text}), pulse.track('big', {n: 1n})");
    tab.evaluate("pulse.consent('granted'), pulse.track('also big', {n: 1n})");
    assertThat(tab.text("errors.map((error) => error.kind + ' ' + error.events).join()"))
        .isEqualTo("dropped 1,dropped 1");
  }

  @Test
  void tellsEachReasonOfARefusal() {
    String rejected =
        IntStream.range(0, 8)
            .mapToObj("{\"index\":%1$d,\"code\":\"c\",\"reason\":\"r%1$d\"}"::formatted)
            .collect(Collectors.joining(","))
            .replace("r7", "r0");
    String endpoint =
        site.answering(
            422,
            "{\"status\":\"rejected\",\"accepted\":0,\"duplicates\":0,\"rejected\":[%s]}"
                .formatted(rejected));
    Tab tab = visitor.open(page("", toShop(endpoint)));
    tab.evaluate("for (let i = 0; i < 8; i++) pulse.track('bad')");
    tab.evaluate("pulse.flush()");
    assertThat(tab.text("errors.map((error) => error.events + ' ' + error.reason).join('|')"))
        .isEqualTo(
            "8 2 of c: r0; 1 of c: r1; 1 of c: r2; 1 of c: r3; 1 of c: r4; 2 of other reasons");
  }

  @Test
  void saysThatTheSiteIsNotKnown() {
    Tab tab = visitor.open(page("", toShop(collector.url()) + ", siteId: 'nobody'"));
    tab.evaluate("pulse.track('of nobody'), pulse.flush()");
    assertThat(tab.text("errors.map((error) => error.kind + ' ' + error.reason).join()"))
        .startsWith("refused status 401: the key or site is not known to the server");
  }

  @Test
  void keepsAsMuchAsTheStorageHasRoomFor() {
    Tab tab = visitor.open(page("", toShop(site.answering(503, ""))));
    String fill =
        """
        (() => {
          let size = 6 * 1024 * 1024;
          for (;; size -= 4096) {
            try { localStorage.filler = 'x'.repeat(size); break; } catch {}
          }
          localStorage.filler = 'x'.repeat(size - 20000);
        })()\
        """;
    tab.evaluate(fill);
    tab.evaluate("for (let i = 0; i < 40; i++) pulse.track('large', {text: 'x'.repeat(1000)})");
    tab.evaluate("pulse.flush()");
    assertThat(tab.text(TOLD)).isEqualTo("delayed 503");
    assertThat(tab.text("JSON.parse(localStorage.pulse_queue || '[]').length")).isEqualTo("10");
  }

  @Test
  void sendsAsMuchAsAClosingTabMay() {
    Tab tab =
        visitor.open(
            page(
                "",
                toShop(collector.url())
                    + ", flushInterval: 60000, batchSize: 50, storage: 'none'"));
    tab.evaluate(
        "for (let i = 0; i < 20; i++) pulse.track('much', {text: 'x'.repeat(i === 0 ? 70000 : 5000)})");
    tab.close();
    eventually().until(() -> collector.count("much") >= 10);
  }

  @Test
  void keepsWhatIsRecordedOfflineAndSendsItInOrderWhenItIsBack() throws Exception {
    Tab tab = visitor.open(page("", toShop(collector.url())));
    tab.offline(true);
    tab.evaluate("for (let i = 0; i < 30; i++) pulse.track('offline', {i})");
    tab.until("errors.some((error) => error.kind === 'delayed' && error.status === 0)");
    assertThat(collector.count("offline")).isZero();
    tab.offline(false);
    tab.until("delivered.length === 30");
    awaitRows("offline", 30);
    assertThat(
            collector
                .query(
                    "select string_agg(payload->>'i', ',' order by log_offset) from events where event_type = 'offline'")
                .getFirst())
        .startsWith("0,1,2,3,")
        .endsWith(",28,29");
  }

  @Test
  void deliversWhatWaitedWhileTheServerWasKilled() throws Exception {
    Tab tab = visitor.open(page("", toShop(collector.url())));
    tab.evaluate("pulse.track('around a kill', {i: 0}), pulse.flush()");
    collector.kill();
    tab.evaluate("pulse.track('around a kill', {i: 1}), pulse.flush()");
    tab.until("errors.length > 0");
    collector.start();
    tab.evaluate("pulse.flush()");
    awaitRows("around a kill", 2);
  }

  @Test
  void keepsEventsAndThePageWholeWhereTheServerRefusesItsOrigin() throws Exception {
    try (var stranger = new Site()) {
      for (String options :
          List.of(
              toShop(collector.url()),
              "endpoint: '%s', key: 'demo', storage: 'session'".formatted(collector.url()))) {
        Tab tab = visitor.open(stranger.page("", script(options)));
        tab.evaluate("pulse.track('from a stranger'), pulse.flush()");
        tab.until("errors.some((error) => error.kind === 'delayed' && error.status === 0)");
        assertThat(
                tab.text("(localStorage.pulse_queue || '') + (sessionStorage.pulse_queue || '')"))
            .contains("from a stranger");
      }
      assertThat(collector.count("from a stranger")).isZero();
    }
  }

  @Test
  void worksUnderAContentSecurityPolicyThatNamesIt() {
    String policy = "default-src 'none'; script-src 'self'; connect-src " + collector.url();
    Tab tab = visitor.open(page(policy, toShop(collector.url())));
    tab.evaluate("pulse.track('under a policy'), pulse.flush()");
    tab.until("delivered.length === 1");
    awaitRows("under a policy", 1);
  }

  @Test
  void leavesThePageWholeUnderAContentSecurityPolicyThatForgetsIt() throws Exception {
    String policy = "default-src 'none'; script-src 'self'";
    Tab tab = visitor.open(page(policy, toShop(collector.url())));
    tab.evaluate("pulse.track('forgotten'), pulse.flush()");
    tab.until("errors.some((error) => error.kind === 'delayed' && error.status === 0)");
    assertThat(tab.text("document.querySelector('h1').textContent")).isEqualTo("Shop");
    assertThat(collector.count("forgotten")).isZero();
  }

  @Test
  void storesAndSendsNothingBeforeConsentAndForgetsAfterARefusal() throws Exception {
    Tab tab = visitor.open(page("", toShop(collector.url()) + ", consent: 'pending'"));
    tab.evaluate("pulse.track('before consent'), pulse.flush()");
    assertThat(tab.text("localStorage.length + sessionStorage.length")).isEqualTo("0");
    assertThat(requests(tab)).isZero();
    tab.evaluate("pulse.consent('granted'), pulse.flush()");
    tab.until("delivered.length === 1");
    awaitRows("before consent", 1);

    int sent = requests(tab);
    tab.evaluate("pulse.consent('denied'), pulse.track('after a refusal'), pulse.flush()");
    assertThat(tab.text("localStorage.length + sessionStorage.length")).isEqualTo("0");
    assertThat(requests(tab)).isEqualTo(sent);
    assertThat(visitor.cookies()).isZero();
    tab.close();
    Tab next = visitor.open(page("", toShop(collector.url())));
    next.evaluate("pulse.track('a later page'), pulse.flush()");
    awaitRows("a later page", 1);
    assertThat(collector.count("after a refusal")).isZero();
  }

  private static int requests(Tab tab) {
    return Integer.parseInt(
        tab.text(
            "performance.getEntriesByType('resource').filter((entry) => entry.name.includes('/collect')).length"));
  }

  @Test
  void makesAVisitorsCookiesOnlyWhereTheyAreAskedFor() throws IOException {
    Tab tab = visitor.open(page("", toShop(collector.url()) + ", storage: 'cookie'"));
    tab.evaluate("pulse.track('with cookies'), pulse.flush()");
    assertThat(visitor.cookies()).isEqualTo(2);
    assertThat(tab.text("document.cookie")).contains("pulse_visitor=", "pulse_session=");
  }

  @Test
  void recordsSessionsWhollyOrNotAtAllAtTheRateAskedFor() {
    Tab tab = visitor.open(page("", toShop(collector.url())));
    String counts =
        """
        (() => {
          const counts = [];
          for (let i = 0; i < 400; i++) {
            let seen = 0;
            const one = pulsegate.init({endpoint: 'http://127.0.0.1:9', siteId: 'shop', storage: 'none',
              sampleRate: %s, beforeSend: () => { seen++; return null; }, %s});
            one.track('sampled');
            one.track('sampled');
            one.stop();
            counts.push(seen);
          }
          return [0, 1, 2].map((n) => counts.filter((each) => each === n).length).join();
        })()\
        """;
    assertThat(tab.text(counts.formatted("0", QUIET))).isEqualTo("400,0,0");
    assertThat(tab.text(counts.formatted("1", QUIET))).isEqualTo("0,0,400");
    String[] half = tab.text(counts.formatted("0.5", QUIET)).split(",", -1);
    assertThat(half[1]).as("sessions recorded in part").isEqualTo("0");
    // 400 fair coins: outside this once in a hundred million runs.
    assertThat(Integer.parseInt(half[2])).isBetween(140, 260);
  }

  @Test
  void speaksTheCollectionApisShapeToo() throws Exception {
    Tab tab =
        visitor.open(
            page("", toShop(collector.url()) + ", format: 'collection', context: {shelf: 3}"));
    tab.evaluate("pulse.page(), pulse.track('collected'), pulse.flush()");
    tab.until("delivered.length === 2");
    awaitRows("collected", 1);
    assertThat(collector.query("select dialect from events where event_type = 'collected'"))
        .containsExactly("collection");
  }

  @Test
  void worksWhereTheBrowserBlocksCookiesAndStorageAndObeysDoNotTrack() throws Exception {
    String preferences =
        "{\"enable_do_not_track\": true, \"profile\": {\"default_content_setting_values\": {\"cookies\": 2}}}";
    try (Chromium strict = Chromium.startOrSkip(temp.resolve("strict"), preferences)) {
      Tab tab =
          strict.owner().open(page("", toShop(collector.url()) + ", respectDoNotTrack: false"));
      assertThat(tab.is("(() => { try { localStorage; return false; } catch { return true; } })()"))
          .as("storage is really blocked")
          .isTrue();
      tab.evaluate("pulse.track('without storage'), pulse.flush()");
      tab.until("delivered.length === 1");
      awaitRows("without storage", 1);

      assertThat(tab.text("navigator.doNotTrack")).isEqualTo("1");
      Tab obeying = strict.owner().open(page("", toShop(collector.url())));
      obeying.evaluate("pulse.track('against the wish'), pulse.flush()");
      assertThat(requests(obeying)).isZero();
      assertThat(collector.count("against the wish")).isZero();
    }
  }
}
