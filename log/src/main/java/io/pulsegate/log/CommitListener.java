package io.pulsegate.log;

/// Told of every commit, on the committer thread: must be quick.
@FunctionalInterface
public interface CommitListener {
  /// @param commitBytes bytes written, padding included
  /// @param syncNanos time of the write and the sync together
  void committed(int commitBytes, int frames, int entries, long syncNanos);
}
