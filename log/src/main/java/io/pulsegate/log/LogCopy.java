package io.pulsegate.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;

/// Makes the copy of a log's folder, before anybody has opened it, fit to go its own way.
public final class LogCopy {
  /// So far above what the original had given out when it was copied that the two never meet.
  static final long APART = 1L << 40;

  private LogCopy() {}

  /// For a backup, which may take the place of the original: it stays the same log, and goes on so
  /// far above the offsets of the copy that none of those which the original used since is ever
  /// used for something else.
  ///
  /// @throws LogException CORRUPT, IO_FAILED and others of [CursorFile]
  public static void goOnApart(Disk disk) {
    try (var file = new CursorFile(disk, Identity.FILE)) {
      Identity identity =
          file.load()
              .map(Identity::decoded)
              .orElseThrow(() ->
                  new LogException(LogException.Code.CORRUPT, "there is no " + Identity.FILE));
      file.save(identity.goingOnAt(identity.nextOffset() + APART).encoded());
    }
  }

  /// For a clone, which lives beside the original: it becomes another log, with the same frames.
  ///
  /// @throws LogException CORRUPT, IO_FAILED and others of [CursorFile]
  public static void becomeAnother(Disk disk, UUID id) {
    OfflineLog.guarded(
        "a new identity",
        () -> {
          for (String name : disk.list()) {
            if (Format.isSegmentName(name)) {
              rename(disk, name, id);
            }
          }
          return true;
        });
    try (var file = new CursorFile(disk, Identity.FILE)) {
      Identity identity =
          file.load()
              .map(Identity::decoded)
              .orElseThrow(() ->
                  new LogException(LogException.Code.CORRUPT, "there is no " + Identity.FILE));
      file.save(identity.of(id).encoded());
    }
  }

  /// The id stands in every copy of the header, and nowhere else.
  private static void rename(Disk disk, String name, UUID id) throws IOException {
    try (DiskFile file = disk.open(name, Disk.Access.WRITE, true)) {
      long lastPage = Format.pageDown(file.sizeBytes()) - Format.PAGE;
      for (long at : new long[] {0, Format.PAGE, lastPage}) {
        ByteBuffer page = Format.pages(Format.PAGE);
        if (at >= 0 && file.read(page, at) == Format.PAGE) {
          var header = SegmentHeader.read(page, 0, name);
          if (header.isPresent()) {
            header.get().of(id).write(page, 0);
            file.write(page.clear(), at);
          }
        }
      }
      file.force();
    }
  }
}
