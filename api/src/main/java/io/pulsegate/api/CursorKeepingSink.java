package io.pulsegate.api;

import java.util.OptionalLong;

/// A sink that commits its cursor in the transaction of the rows, and so delivers exactly once.
///
/// [#write] commits the rows and [Batch#cursor] together or nothing at all; where the stored cursor
/// is not `from`, it commits nothing and answers [WriteResult.Fenced]. A batch without events still
/// moves the cursor.
public interface CursorKeepingSink extends Sink {
  /// Reads the cursor as it was committed last, as its owner. Called before the first write and
  /// again after every [WriteResult.Unavailable]; blocking.
  ///
  /// **Ownership is taken once, by the first claim, which raises the fence by one. Later ones find
  /// their own fence or are fenced off**: an owner that was thought dead must not take back what
  /// another has taken over from it, whose events it never had. A stored fence below `mine` is that
  /// of a destination that was restored, and is raised like a first one.
  ///
  /// @param initial what is stored, with fence 1, where there is no record for the key yet
  /// @param mine the fence that this process had from an earlier claim; empty at the first one
  Claim claim(CursorKey key, CursorRecord initial, OptionalLong mine) throws InterruptedException;

  /// The first claim of a process.
  default Claim claim(CursorKey key, CursorRecord initial) throws InterruptedException {
    return claim(key, initial, OptionalLong.empty());
  }

  /// What came of [#claim].
  sealed interface Claim {
    /// The record as stored, with the fence of the new owner.
    record Owned(CursorRecord record) implements Claim {}

    /// Another owner has taken the cursor: this one stops for good.
    record Fenced(String reason) implements Claim {}

    /// The destination cannot be asked now.
    record Failed(WriteResult.Unavailable unavailable) implements Claim {}
  }
}
