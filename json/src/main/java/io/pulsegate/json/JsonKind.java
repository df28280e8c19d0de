package io.pulsegate.json;

/// The kinds of JSON value, told apart by their first byte.
public enum JsonKind {
  OBJECT,
  ARRAY,
  STRING,
  NUMBER,
  TRUE,
  FALSE,
  NULL
}
