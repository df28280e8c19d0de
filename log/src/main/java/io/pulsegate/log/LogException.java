package io.pulsegate.log;

/// Trouble of the log that its caller cannot mend: a broken disk, damaged or foreign files, or a
/// full disk at open. The codes are stable.
public final class LogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// What kind of trouble, and so what an operator does about it.
  public enum Code {
    /// Reading, writing or syncing failed. Look at the disk, then start again: start-up recovers.
    IO_FAILED,
    /// Too little space to open the log. Free some and start again.
    DISK_FULL,
    /// A file that the log cannot do without is damaged. Restore it, or follow the message.
    CORRUPT,
    /// Written by an older format than this program reads. Migrate it with an older release.
    FORMAT_TOO_OLD,
    /// Written by a newer format than this program reads. Use the newer release.
    FORMAT_TOO_NEW,
    /// Another process has the folder open.
    LOCKED,
    /// The log, or a reader of it, was used after it was closed.
    CLOSED
  }

  private final Code code;

  public LogException(Code code, String message) {
    super(message);
    this.code = code;
  }

  public LogException(Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public Code code() {
    return code;
  }
}
