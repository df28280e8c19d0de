package io.pulsegate.log;

import java.nio.ByteBuffer;

/// One append of one lane, implemented by the caller and handed to [SegmentedLog#append].
///
/// The log asks it in this order: [#lane], [#count] and [#body] on the appending thread (for
/// sizes), then, on the committer thread and in log order, [#admit], [#body] and [#durable]; or
/// [#refused] once, instead of [#durable]. What runs on the committer holds up every other append,
/// so it must be quick and must not block.
public interface Append {
  /// The lane's key: 1 to 160 bytes of UTF-8, opaque to the log.
  String lane();

  /// A heap buffer with the bytes to store between position and limit: at most
  /// [LogConfig#maxBodyBytes]. The size must not change after the append; the bytes may, until
  /// [#admit] has returned, and never after. The log does not move the buffer's position.
  ByteBuffer body();

  /// How many offsets it takes, 1 to 65,535.
  int count();

  /// Called once, in log order, when the frame is about to get its place and nothing but a failing
  /// disk can refuse it any more. May still change bytes of the body. Returns what counts towards
  /// the lane's running totals; with [Admitted#NOTHING] nothing is stored and no offset is taken,
  /// and the append completes once everything before it is durable.
  ///
  /// An exception refuses this append alone ([Refusal#FAILED]), so whoever throws one must have
  /// taken no note of it: an event remembered and not stored would be lost when it comes again. An
  /// [Error], or more live entries than there are, finishes the log.
  ///
  /// @param firstOffset the offset of its first entry, if it is stored
  Admitted admit(long firstOffset);

  /// Called on the committer after the sync that covers the frame.
  ///
  /// @param firstOffset the offset of its first entry, or -1 when nothing was stored
  /// @param receivedMicros log time of the commit, microseconds since 1970; never decreases
  void durable(long firstOffset, long receivedMicros);

  /// Nothing was acknowledged. Called on the appending thread or on the committer. After
  /// [Refusal#FAILED] the bytes may or may not be found by the next recovery; after the others they
  /// were never stored.
  void refused(Refusal reason);
}
