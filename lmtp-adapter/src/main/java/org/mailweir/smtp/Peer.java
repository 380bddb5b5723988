package org.mailweir.smtp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.mailweir.dns.MailExchangers.Host;

/** The host at the other end, as replies and logs name it. */
record Peer(Host host, int port) {
  InetSocketAddress socketAddress() {
    return new InetSocketAddress(address(), port);
  }

  InetAddress address() {
    return host.address();
  }

  /** Returns the name that its certificate must bear: the address where there is no name. */
  String tlsName() {
    return isLiteral() ? address().getHostAddress() : host.name();
  }

  private boolean isLiteral() {
    return host.name().startsWith("[");
  }

  /** Returns how to begin to say what became of a connection to it. */
  String connecting() {
    return "connect to " + this + " port " + port + ": ";
  }

  /** Returns such as {@code mx.example.org[192.0.2.1]}. */
  @Override
  public String toString() {
    return isLiteral() ? host.name() : host.name() + '[' + address().getHostAddress() + ']';
  }
}
