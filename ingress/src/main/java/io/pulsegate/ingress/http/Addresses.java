package io.pulsegate.ingress.http;

import io.netty.util.NetUtil;
import java.util.Arrays;
import java.util.HexFormat;

/// Whom an address stands for, where clients are counted.
final class Addresses {
  private static final int IPV6_BYTES = 16;
  private static final int NETWORK_BYTES = 8;

  private Addresses() {}

  /// An IPv4 address as it is; of IPv6 the /64 network, as one client easily has all of it.
  static String client(String hostAddress) {
    int zone = hostAddress.indexOf('%');
    String address = zone < 0 ? hostAddress : hostAddress.substring(0, zone);
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    return bytes == null || bytes.length != IPV6_BYTES
        ? address
        : HexFormat.of().formatHex(Arrays.copyOf(bytes, NETWORK_BYTES)) + "/64";
  }
}
