package io.pulsegate.api;

/// A sink that commits its cursor in the transaction of the rows, and so delivers exactly once.
///
/// [#write] commits the rows and [Batch#cursor] together or nothing at all; where the stored cursor
/// is not `from`, it commits nothing and answers [WriteResult.Fenced]. A batch without events still
/// moves the cursor.
public interface CursorKeepingSink extends Sink {
  /// Takes ownership: raises the fence by one, and reads the cursor as it was committed last.
  /// Called before the first write and again after every [WriteResult.Unavailable]; blocking.
  ///
  /// @param initial what is stored, with fence 1, where there is no record for the key yet
  Claim claim(CursorKey key, CursorRecord initial) throws InterruptedException;

  /// What came of [#claim].
  sealed interface Claim {
    /// The record as stored, with the fence of the new owner.
    record Owned(CursorRecord record) implements Claim {}

    /// The destination cannot be asked now.
    record Failed(WriteResult.Unavailable unavailable) implements Claim {}
  }
}
