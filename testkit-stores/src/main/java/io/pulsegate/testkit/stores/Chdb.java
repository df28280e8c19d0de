package io.pulsegate.testkit.stores;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// The engine of a present ClickHouse as a library (chdb). One a process, as it allows no more; one
/// thread at a time.
@SuppressWarnings("restricted") // a native library is what this class is for
final class Chdb {
  private final MethodHandle query;
  private final MethodHandle buffer;
  private final MethodHandle length;
  private final MethodHandle error;
  private final MethodHandle destroy;
  private final MemorySegment connection;

  /// Opens or creates a database.
  ///
  /// @param library `libchdb.so`
  Chdb(Path library, Path folder) {
    Linker linker = Linker.nativeLinker();
    SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
    MethodHandle connect =
        handle(linker, symbols, "chdb_connect", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));
    query =
        handle(
            linker,
            symbols,
            "chdb_query_n",
            FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG));
    buffer = handle(linker, symbols, "chdb_result_buffer", FunctionDescriptor.of(ADDRESS, ADDRESS));
    length =
        handle(linker, symbols, "chdb_result_length", FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    error = handle(linker, symbols, "chdb_result_error", FunctionDescriptor.of(ADDRESS, ADDRESS));
    destroy =
        handle(linker, symbols, "chdb_destroy_query_result", FunctionDescriptor.ofVoid(ADDRESS));
    MemorySegment arguments = Arena.global().allocate(MemoryLayout.sequenceLayout(2, ADDRESS));
    arguments.setAtIndex(ADDRESS, 0, Arena.global().allocateFrom("clickhouse"));
    arguments.setAtIndex(ADDRESS, 1, Arena.global().allocateFrom("--path=" + folder));
    var handle = (MemorySegment) invoke(connect, 2, arguments);
    connection = handle.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
  }

  /// Runs a statement; its answer in the format it names, else separated by tabs.
  ///
  /// @throws IllegalStateException with the engine's message
  synchronized byte[] run(byte[] sql) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment statement = arena.allocateFrom(JAVA_BYTE, sql);
      MemorySegment format = arena.allocateFrom("TabSeparated");
      var result =
          (MemorySegment) invoke(query, connection, statement, (long) sql.length, format, 12L);
      try {
        var failed = (MemorySegment) invoke(error, result);
        if (!failed.equals(MemorySegment.NULL)) {
          throw new IllegalStateException(
              failed.reinterpret(Long.MAX_VALUE).getString(0, StandardCharsets.UTF_8));
        }
        long size = (long) invoke(length, result);
        if (size == 0) {
          return new byte[0];
        }
        var bytes = (MemorySegment) invoke(buffer, result);
        return bytes.reinterpret(size).toArray(JAVA_BYTE);
      } finally {
        var _ = invoke(destroy, result);
      }
    }
  }

  private static MethodHandle handle(
      Linker linker, SymbolLookup symbols, String name, FunctionDescriptor type) {
    return linker.downcallHandle(symbols.findOrThrow(name), type);
  }

  private static Object invoke(MethodHandle handle, Object... arguments) {
    try {
      return Optional.ofNullable(handle.invokeWithArguments(arguments)).orElse("");
    } catch (Throwable e) {
      throw new IllegalStateException("a native call failed", e);
    }
  }
}
