package io.pulsegate.server;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Optional;

/// What Java says of files, in words for a person: its messages are often the name of the file
/// alone, and the cause is the name of a class.
final class FileTrouble {
  private FileTrouble() {}

  static String of(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "permission denied: " + denied.getFile();
      case NoSuchFileException missing -> "there is no " + missing.getFile();
      case FileAlreadyExistsException there ->
          there.getFile() + " is there already, and is no folder";
      case FileSystemException other when other.getReason() != null ->
          other.getReason().toLowerCase(Locale.ROOT) + ": " + other.getFile();
      default ->
          Optional.ofNullable(e.getMessage())
              .map(FileTrouble::plain)
              .orElse("reading or writing failed");
    };
  }

  private static String plain(String message) {
    return message.startsWith("No space left on device") ? "the disk is full" : message;
  }
}
