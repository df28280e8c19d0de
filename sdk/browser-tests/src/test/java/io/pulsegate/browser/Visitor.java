package io.pulsegate.browser;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Somebody with storage and cookies of their own, who opens tabs.
///
/// @param context empty for the profile itself
record Visitor(Devtools devtools, Optional<String> context) implements AutoCloseable {
  /// Opens a tab and waits until its page is loaded.
  Tab open(String address) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("url", "about:blank");
    parameters.put("newWindow", true);
    parameters.put("width", 1440);
    parameters.put("height", 900);
    context.ifPresent(id -> parameters.put("browserContextId", id));
    String target =
        devtools
            .call(Optional.empty(), "Target.createTarget", parameters)
            .get("targetId")
            .stringValue();
    String session =
        devtools
            .call(
                Optional.empty(),
                "Target.attachToTarget",
                Map.of("targetId", target, "flatten", true))
            .get("sessionId")
            .stringValue();
    var tab = new Tab(devtools, target, Optional.of(session));
    tab.prepare();
    tab.go(address);
    return tab;
  }

  /// How many cookies there are.
  int cookies() {
    Map<String, Object> parameters = new HashMap<>();
    context.ifPresent(id -> parameters.put("browserContextId", id));
    return devtools.call(Optional.empty(), "Storage.getCookies", parameters).get("cookies").size();
  }

  /// Closes the tabs and forgets everything.
  @Override
  public void close() {
    context.ifPresent(id ->
        devtools.call(
            Optional.empty(), "Target.disposeBrowserContext", Map.of("browserContextId", id)));
  }
}
