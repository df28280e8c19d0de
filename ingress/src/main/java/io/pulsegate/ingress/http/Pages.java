package io.pulsegate.ingress.http;

import java.util.Set;

/// What a listener serves beside events: health, metrics, documentation, administration.
public interface Pages {
  /// The methods a path takes, such as `GET`; empty where there is nothing. `HEAD` comes with
  /// `GET`.
  ///
  /// Called on an event loop: must be quick.
  ///
  /// @param path exactly as sent, without the query: nothing is decoded or normalised
  Set<String> methods(String path);

  /// Answers a request whose path and method [#methods] named.
  ///
  /// Called on a virtual thread of its own and may block. An exception is logged and answered 500.
  PageReply reply(PageRequest request) throws Exception;

  /// No pages.
  Pages NONE =
      new Pages() {
        @Override
        public Set<String> methods(String path) {
          return Set.of();
        }

        @Override
        public PageReply reply(PageRequest request) {
          throw new IllegalStateException("no page was promised");
        }
      };
}
