package io.pulsegate.sinks.webhook;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Says which addresses may be connected to. It looks at the address itself, after the name was
/// resolved and whatever its notation was, so that neither a name that changes its mind nor an odd
/// way to write a number passes.
///
/// Ranges after the IANA registries of special-purpose addresses (RFC 6890 and its updates), and
/// the addresses where clouds serve credentials to whoever asks from within.
final class AddressGuard {
  /// Refused always: nobody's endpoint is there.
  private static final List<Range> NEVER =
      List.of(
          range("0.0.0.0/8", "this network"),
          range("169.254.0.0/16", "link-local, where clouds serve credentials"),
          range("100.100.100.200/32", "where a cloud serves credentials"),
          range("168.63.129.16/32", "where a cloud serves credentials"),
          range("192.0.0.192/32", "where a cloud serves credentials"),
          range("224.0.0.0/4", "multicast"),
          range("240.0.0.0/4", "reserved"),
          range("::/128", "unspecified"),
          range("fe80::/10", "link-local"),
          range("fd00:ec2::/32", "where a cloud serves credentials"),
          range("fd20:ce::/32", "where a cloud serves credentials"),
          range("ff00::/8", "multicast"));

  /// Refused unless private networks are allowed.
  private static final List<Range> PRIVATE =
      List.of(
          range("10.0.0.0/8", "private"),
          range("100.64.0.0/10", "shared by a carrier"),
          range("127.0.0.0/8", "loopback"),
          range("172.16.0.0/12", "private"),
          range("192.0.0.0/24", "reserved for protocols"),
          range("192.0.2.0/24", "for documentation"),
          range("192.168.0.0/16", "private"),
          range("198.18.0.0/15", "for measurements"),
          range("198.51.100.0/24", "for documentation"),
          range("203.0.113.0/24", "for documentation"),
          range("::1/128", "loopback"),
          range("fc00::/7", "private"),
          range("fec0::/10", "private"),
          range("2001:db8::/32", "for documentation"),
          range("3fff::/20", "for documentation"));

  /// Carry an IPv4 address, from that byte on, which is judged as well.
  private static final List<Embedding> EMBEDDINGS =
      List.of(
          new Embedding(range("::ffff:0:0:0/96", "translated"), 12),
          new Embedding(mapped(), 12),
          new Embedding(range("::/96", "IPv4-compatible"), 12),
          new Embedding(range("64:ff9b::/96", "NAT64"), 12),
          new Embedding(range("64:ff9b:1::/48", "NAT64"), 12),
          new Embedding(range("2002::/16", "6to4"), 2));

  private static final Range TEREDO = range("2001::/23", "reserved for protocols");
  private static final Range GLOBAL = range("2000::/3", "global");

  /// Addresses of so many bytes whose first bits are the prefix.
  private record Range(int bytes, int bits, BigInteger prefix, String what) {
    static Range of(byte[] address, int bits, String what) {
      return new Range(address.length, bits, first(address, bits), what);
    }

    boolean holds(byte[] address) {
      return address.length == bytes && first(address, bits).equals(prefix);
    }

    private static BigInteger first(byte[] address, int bits) {
      return new BigInteger(1, address).shiftRight(8 * address.length - bits);
    }
  }

  private record Embedding(Range range, int at) {}

  private final boolean privateAllowed;

  /// @param privateAllowed whether addresses of private networks and this machine are allowed
  AddressGuard(boolean privateAllowed) {
    this.privateAllowed = privateAllowed;
  }

  /// Why the address must not be connected to; empty where it may.
  Optional<String> refusal(InetAddress address) {
    return refusal(address.getAddress())
        .map(what -> "%s is refused: %s".formatted(address.getHostAddress(), what));
  }

  private Optional<String> refusal(byte[] address) {
    List<Range> refused = new ArrayList<>(NEVER);
    if (!privateAllowed) {
      refused.addAll(PRIVATE);
    }
    for (Range range : refused) {
      if (range.holds(address)) {
        return Optional.of(range.what());
      }
    }
    return address.length == 4 ? Optional.empty() : refusalOfIpv6(address);
  }

  private Optional<String> refusalOfIpv6(byte[] address) {
    if (PRIVATE.stream().anyMatch(range -> range.holds(address))) {
      return Optional.empty(); // allowed above
    }
    for (Embedding embedding : EMBEDDINGS) {
      if (embedding.range().holds(address)) {
        return refusal(Arrays.copyOfRange(address, embedding.at(), embedding.at() + 4))
            .map(what -> embedding.range().what() + " form of an IPv4 address: " + what);
      }
    }
    if (TEREDO.holds(address)) {
      return Optional.of(TEREDO.what());
    }
    return GLOBAL.holds(address) ? Optional.empty() : Optional.of("not a global address");
  }

  private static Range range(String text, String what) {
    int slash = text.indexOf('/');
    try {
      byte[] prefix = InetAddress.ofLiteral(text.substring(0, slash)).getAddress();
      return Range.of(prefix, Integer.parseInt(text.substring(slash + 1)), what);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("not an address: " + text, e);
    }
  }

  /// `::ffff:0:0/96`, by its bytes, as Java reads its text as an IPv4 address.
  private static Range mapped() {
    byte[] prefix = new byte[16];
    prefix[10] = (byte) 0xff;
    prefix[11] = (byte) 0xff;
    return Range.of(prefix, 96, "IPv4-mapped");
  }

  /// The address a text stands for without asking anybody; empty where it is a name.
  ///
  /// @throws IllegalArgumentException where it is a number written in an odd way (`0x7f.1`,
  ///   `2130706433`, `010.0.0.1`)
  static Optional<InetAddress> literal(String host) {
    if (host.startsWith("[") && host.endsWith("]")) {
      String inner = host.substring(1, host.length() - 1);
      if (inner.contains("%")) {
        throw new IllegalArgumentException("has an address with a zone, was \"" + host + "\"");
      }
      return Optional.of(InetAddress.ofLiteral(inner));
    }
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    String last = name.substring(name.lastIndexOf('.') + 1);
    if (!last.matches("[0-9]+|0[xX][0-9a-fA-F]*")) {
      return Optional.empty();
    }
    if (!name.matches("(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})")) {
      throw new IllegalArgumentException(
          "has an IPv4 address that is not written as four plain numbers, was \"" + host + "\"");
    }
    return Optional.of(InetAddress.ofLiteral(name));
  }

  /// Resolves names. The default asks the system.
  interface Resolver {
    Resolver SYSTEM = InetAddress::getAllByName;

    InetAddress[] resolve(String host) throws UnknownHostException;
  }
}
