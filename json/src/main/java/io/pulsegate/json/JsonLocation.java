package io.pulsegate.json;

/// A place in a document as an editor shows it.
///
/// @param line lines, counted from one, ended by a line feed
/// @param column bytes into the line, counted from one
public record JsonLocation(int line, int column) {}
