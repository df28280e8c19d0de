package io.pulsegate.server;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;

/// SIGINT and SIGTERM, handled by us instead of by the virtual machine: a shutdown hook could
/// neither exit with 0 nor hear a second signal.
///
/// `sun.misc.Signal` is reached by its name, because the compiler warns of every use of it in a way
/// that cannot be suppressed, and warnings are errors here. It is in the exported part of
/// jdk.unsupported, as it has been since Java 1.3.
final class Signals {
  private static final List<String> NAMES = List.of("INT", "TERM");

  private Signals() {}

  /// Calls the handler with the signal's number, on a thread of the virtual machine, each time one
  /// comes. Where signals cannot be had, they keep their usual effect.
  static void handle(Consumer<Integer> handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
      Method number = signal.getMethod("getNumber");
      @SuppressWarnings("ReferenceEquality") // what equals means for a proxy
      InvocationHandler calls =
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> {
                  handler.accept((Integer) number.invoke(arguments[0]));
                  yield null;
                }
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == arguments[0];
                default -> "PulseGate's signal handler";
              };
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(), new Class<?>[] {signalHandler}, calls);
      for (String name : NAMES) {
        Object one = signal.getConstructor(String.class).newInstance(name);
        signal.getMethod("handle", signal, signalHandler).invoke(null, one, proxy);
      }
    } catch (ReflectiveOperationException e) {
      System.getLogger(Signals.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "signals cannot be handled: a stop is not graceful, and nothing accepted is lost",
              e);
    }
  }
}
