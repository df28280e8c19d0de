package io.pulsegate.transforms;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A MaxMind DB file of IPv4 with one network: 192.0.2.0/24 is Delft, NL. Format:
/// https://maxmind.github.io/MaxMind-DB/
final class TinyDatabase {
  private static final int NETWORK = 0xC0000200;
  private static final int NODES = 24;
  private static final int GAP_BYTES = 16;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  static void write(Path file) throws IOException {
    var database = new TinyDatabase();
    for (int node = 0; node < NODES; node++) {
      int next = node == NODES - 1 ? NODES + GAP_BYTES : node + 1;
      boolean one = (NETWORK >>> (31 - node) & 1) == 1;
      database.number(one ? NODES : next, 3);
      database.number(one ? next : NODES, 3);
    }
    database.number(0, GAP_BYTES);
    database.map(2).text("country_code").text("NL").text("city").text("Delft");
    database.number(0xABCDEF, 3);
    database.out.writeBytes("MaxMind.com".getBytes(StandardCharsets.US_ASCII));
    database.metadata();
    Files.write(file, database.out.toByteArray());
  }

  private void metadata() {
    map(9)
        .text("binary_format_major_version")
        .small(2)
        .text("binary_format_minor_version")
        .small(0);
    text("build_epoch").number(0x0102, 2).number(1, 1);
    text("database_type").text("Test").text("description").map(0);
    text("ip_version").small(4).text("languages").number(0x0004, 2);
    text("node_count").number(0xC1, 1).number(NODES, 1);
    text("record_size").small(24);
  }

  private TinyDatabase map(int fields) {
    return number(7 << 5 | fields, 1);
  }

  private TinyDatabase text(String text) {
    number(2 << 5 | text.length(), 1);
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  private TinyDatabase small(int value) {
    return number(5 << 5 | 1, 1).number(value, 1);
  }

  private TinyDatabase number(int value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) {
      out.write(i > 3 ? 0 : value >>> (8 * i));
    }
    return this;
  }
}
