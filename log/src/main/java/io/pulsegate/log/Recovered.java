package io.pulsegate.log;

import java.util.List;

/// The log as recovery found it, ready to go on.
///
/// @param identity with the generation and the next offset of this run, already saved
/// @param identityFile open, with the identity in it
/// @param previous the last segment, as the next one's header will name it
/// @param tornBytes behind the last whole frame
record Recovered(
    Identity identity,
    CursorFile identityFile,
    List<Segment> segments,
    Tail tail,
    Lanes lanes,
    long nextSequence,
    SegmentHeader.Previous previous,
    long tornBytes) {}
