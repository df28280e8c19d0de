package io.pulsegate.sinks.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
  private final AddressGuard strict = new AddressGuard(false);
  private final AddressGuard lenient = new AddressGuard(true);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "1.1.1.1",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a00:1450::1",
        "64:ff9b::808:808",
        "2002:808:808::1"
      })
  void allowsPublicAddresses(String text) {
    assertThat(strict.refusal(InetAddress.ofLiteral(text))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1",
        "10.255.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.7",
        "::1",
        "fc00::1",
        "fdff::1",
        "fec0::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::1",
        "2002:c0a8:1::"
      })
  void refusesPrivateAddressesUnlessToldOtherwise(String text) {
    InetAddress address = InetAddress.ofLiteral(text);

    assertThat(strict.refusal(address)).isPresent();
    assertThat(lenient.refusal(address)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "169.254.169.254",
        "169.254.0.1",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001::1",
        "4000::1",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "::169.254.169.254"
      })
  void refusesWhatIsNobodysEndpointAlways(String text) {
    InetAddress address = InetAddress.ofLiteral(text);

    assertThat(strict.refusal(address)).isPresent();
    assertThat(lenient.refusal(address)).isPresent();
  }

  @Test
  void looksThroughAMappedAddressThatJavaKeepsAsIpv6() throws UnknownHostException {
    byte[] bytes = new byte[16];
    bytes[10] = (byte) 0xff;
    bytes[11] = (byte) 0xff;
    System.arraycopy(new byte[] {(byte) 169, (byte) 254, (byte) 169, (byte) 254}, 0, bytes, 12, 4);

    assertThat(lenient.refusal(Inet6Address.getByAddress("x", bytes, -1))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://127.0.0.01/",
        "http://127.0.1/",
        "http://1.2.3.4.5/",
        "http://256.1.1.1/",
        "http://[fe80::1%25eth0]/",
        "http://user@example.com/",
        "http://example.com/#x",
        "ftp://example.com/",
        "http:///x",
        "http://exa_mple .com/"
      })
  void refusesOddNotations(String url) {
    assertThatThrownBy(() -> HttpTarget.of(URI.create(url)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsAPlainAddress() {
    HttpTarget named = HttpTarget.of(URI.create("https://example.com/a/b?c=d"));
    assertThat(named.authority()).isEqualTo("example.com");
    assertThat(named.port()).isEqualTo(443);
    assertThat(named.path()).isEqualTo("/a/b?c=d");
    assertThat(named.literal()).isEmpty();

    HttpTarget numbered = HttpTarget.of(URI.create("http://[2606:4700::1]:8080"));
    assertThat(numbered.authority()).isEqualTo("[2606:4700::1]:8080");
    assertThat(numbered.path()).isEqualTo("/");
    assertThat(numbered.literal()).hasValue(InetAddress.ofLiteral("2606:4700::1"));
  }
}
