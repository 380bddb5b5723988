package org.mailweir.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.mailweir.tls.TlsMode;
import org.mailweir.tls.TlsPolicyTable;

/**
 * What a {@link Transport} is told: all settings, checked. Immutable.
 *
 * @param listen where LMTP is spoken, resolved; port 0 lets the system choose
 * @param hostname our name for EHLO and replies: a host name, or an address literal in brackets
 * @param maxClients M, the clients in all; {@value #MIN_CLIENTS} to {@value #MAX_CLIENTS}
 * @param dns resolvers to ask, in order; the system's if empty
 * @param remotePort SMTP port of the mail exchangers, 1 to 65,535
 * @param tls what is asked of their TLS
 * @param tlsPolicy exceptions from that, by destination
 * @param mxdeliv whether HTTPS is tried before SMTP
 * @param shadow whether the gate refuses nothing, see {@link org.mailweir.core.GateBuilder#shadow}
 * @param connectTimeout of one connection attempt, 10 ms to 10 min
 * @param hold how long a client is held for an attempt that has not connected, 10 ms to 20 s
 * @param patience longest wait for a turn, 10 ms to 240 s (Postfix waits 300 s for a reply to RCPT)
 * @param maxMessageSize largest message in bytes, 1,024 to {@value #MAX_MESSAGE_SIZE}
 * @param admin where HTTP is spoken with the operator, resolved; nowhere if empty
 * @param maxBodyMemory bytes that message bodies may take in memory, up to {@value
 *     #MAX_BODY_MEMORY}; a quarter of the heap if empty
 * @param state file in which is kept over restarts what is known of destinations; nowhere if empty
 * @param recall Postfix's flush socket, an absolute path; refused mail is not called back if empty
 * @param trust who may speak LMTP; the own host alone if empty, and then only loopback is listened
 *     on
 */
public record TransportConfig(
    InetSocketAddress listen,
    String hostname,
    int maxClients,
    List<InetSocketAddress> dns,
    int remotePort,
    TlsMode tls,
    TlsPolicyTable tlsPolicy,
    boolean mxdeliv,
    boolean shadow,
    Duration connectTimeout,
    Duration hold,
    Duration patience,
    long maxMessageSize,
    Optional<InetSocketAddress> admin,
    OptionalLong maxBodyMemory,
    Optional<Path> state,
    Optional<Path> recall,
    List<Cidr> trust) {

  /** The least {@link #maxClients}: the policy's shares need it. */
  public static final int MIN_CLIENTS = 10;

  /** The most {@link #maxClients}. */
  public static final int MAX_CLIENTS = 10_000;

  /** The most {@link #maxMessageSize}, in bytes. */
  public static final long MAX_MESSAGE_SIZE = 1L << 30;

  /** The most {@link #maxBodyMemory}, in bytes. */
  public static final long MAX_BODY_MEMORY = 1L << 40;

  // sun_path of a Unix domain socket, with its NUL.
  private static final int LONGEST_SOCKET = 107;

  private static final Duration SHORTEST = Duration.ofMillis(10);
  private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
  private static final Pattern NAME = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
  private static final Pattern LITERAL = Pattern.compile("\\[(?:IPv6:)?[0-9a-fA-F:.]+\\]");

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException with one line that names the setting and what it may be
   */
  public TransportConfig {
    dns = List.copyOf(dns);
    trust = List.copyOf(trust);
    require(!listen.isUnresolved(), "listen: unknown host " + listen.getHostString());
    require(
        hostname.length() <= 255
            && (NAME.matcher(hostname).matches() || LITERAL.matcher(hostname).matches()),
        "hostname: '" + hostname + "' is not a host name such as relay.example.org");
    range("max-clients", maxClients, MIN_CLIENTS, MAX_CLIENTS);
    for (InetSocketAddress server : dns) {
      require(!server.isUnresolved(), "dns: unknown host " + server.getHostString());
      range("dns: port", server.getPort(), 1, 65_535);
    }
    range("remote-port", remotePort, 1, 65_535);
    range("connect-timeout", connectTimeout, Duration.ofMinutes(10));
    range("hold", hold, Duration.ofSeconds(20));
    range("patience", patience, Duration.ofSeconds(240));
    range("max-message-size", maxMessageSize, 1024, MAX_MESSAGE_SIZE);
    admin.ifPresent(
        address ->
            require(!address.isUnresolved(), "admin: unknown host " + address.getHostString()));
    maxBodyMemory.ifPresent(bytes -> range("max-body-memory", bytes, 0, MAX_BODY_MEMORY));
    recall.ifPresent(
        path ->
            require(
                path.isAbsolute() && path.toString().length() <= LONGEST_SOCKET,
                "recall: " + path + " is no absolute path of at most 107 characters"));
    requireTrust(listen, trust);
  }

  /** Returns whether this address may speak LMTP to us. */
  public boolean trusts(InetAddress client) {
    return trust.isEmpty()
        ? client.isLoopbackAddress()
        : trust.stream().anyMatch(block -> block.contains(client));
  }

  /** Returns a builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  static void requireTrust(InetSocketAddress listen, List<Cidr> trust) {
    require(
        !trust.isEmpty() || listen.getAddress().isLoopbackAddress(),
        "listen: "
            + SocketAddresses.format(listen)
            + " is reachable from other hosts: say with trust who may speak LMTP to us");
  }

  private static void range(String name, long value, long least, long most) {
    require(
        value >= least && value <= most,
        name + ": " + value + " is not from " + least + " to " + most);
  }

  private static void range(String name, Duration value, Duration most) {
    require(
        value.compareTo(SHORTEST) >= 0 && value.compareTo(most) <= 0,
        name
            + ": "
            + Durations.format(value)
            + " is not from "
            + Durations.format(SHORTEST)
            + " to "
            + Durations.format(most));
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /**
   * Collects settings.
   *
   * <p>Thread safety: none; build on one thread.
   */
  public static final class Builder {
    private InetSocketAddress listen = new InetSocketAddress("127.0.0.1", 10083);
    private Optional<String> hostname = Optional.empty();
    private int maxClients = 100;
    private List<InetSocketAddress> dns = List.of();
    private int remotePort = 25;
    private TlsMode tls = TlsMode.VERIFY;
    private TlsPolicyTable tlsPolicy = TlsPolicyTable.empty();
    private boolean mxdeliv;
    private boolean shadow;
    private Duration connectTimeout = Duration.ofSeconds(60);
    private Duration hold = Duration.ofSeconds(5);
    private Duration patience = Duration.ofSeconds(30);
    private long maxMessageSize = 31_457_280;
    private Optional<InetSocketAddress> admin = Optional.empty();
    private OptionalLong maxBodyMemory = OptionalLong.empty();
    private Optional<Path> state = Optional.empty();
    private Optional<Path> recall = Optional.empty();
    private List<Cidr> trust = List.of();

    private Builder() {}

    /** Sets where LMTP is spoken; default 127.0.0.1:10083. */
    public Builder listen(InetSocketAddress listen) {
      this.listen = listen;
      return this;
    }

    /** Sets our name; default the host's name. */
    public Builder hostname(String hostname) {
      this.hostname = Optional.of(hostname);
      return this;
    }

    /** Sets M, the clients in all; default 100. */
    public Builder maxClients(int maxClients) {
      this.maxClients = maxClients;
      return this;
    }

    /** Sets the resolvers to ask; default the system's. */
    public Builder dns(List<InetSocketAddress> dns) {
      this.dns = dns;
      return this;
    }

    /** Sets the SMTP port of the mail exchangers; default 25. */
    public Builder remotePort(int remotePort) {
      this.remotePort = remotePort;
      return this;
    }

    /** Sets what is asked of the mail exchangers' TLS; default {@link TlsMode#VERIFY}. */
    public Builder tls(TlsMode tls) {
      this.tls = tls;
      return this;
    }

    /** Sets exceptions from that by destination; default none. */
    public Builder tlsPolicy(TlsPolicyTable tlsPolicy) {
      this.tlsPolicy = tlsPolicy;
      return this;
    }

    /** Sets whether the gate only shows what it would refuse; default not. */
    public Builder shadow(boolean shadow) {
      this.shadow = shadow;
      return this;
    }

    /** Sets whether HTTPS is tried before SMTP; default not. */
    public Builder mxdeliv(boolean mxdeliv) {
      this.mxdeliv = mxdeliv;
      return this;
    }

    /** Sets the time for one connection attempt; default 60 s. */
    public Builder connectTimeout(Duration connectTimeout) {
      this.connectTimeout = connectTimeout;
      return this;
    }

    /** Sets how long a client is held for an attempt that has not connected; default 5 s. */
    public Builder hold(Duration hold) {
      this.hold = hold;
      return this;
    }

    /** Sets the longest wait for a turn; default 30 s. */
    public Builder patience(Duration patience) {
      this.patience = patience;
      return this;
    }

    /** Sets the largest message in bytes; default 31,457,280. */
    public Builder maxMessageSize(long maxMessageSize) {
      this.maxMessageSize = maxMessageSize;
      return this;
    }

    /** Sets where HTTP is spoken with the operator; default nowhere. */
    public Builder admin(InetSocketAddress admin) {
      this.admin = Optional.of(admin);
      return this;
    }

    /** Sets the bytes that message bodies may take in memory; default a quarter of the heap. */
    public Builder maxBodyMemory(long maxBodyMemory) {
      this.maxBodyMemory = OptionalLong.of(maxBodyMemory);
      return this;
    }

    /** Sets the file in which is kept what is known of destinations; default nowhere. */
    public Builder state(Path state) {
      this.state = Optional.of(state);
      return this;
    }

    /** Sets Postfix's flush socket, to call refused mail back; default: none is called back. */
    public Builder recall(Path recall) {
      this.recall = Optional.of(recall);
      return this;
    }

    /** Sets who may speak LMTP; default the own host alone. */
    public Builder trust(List<Cidr> trust) {
      this.trust = trust;
      return this;
    }

    /**
     * Checks the settings and returns them.
     *
     * @throws IllegalArgumentException with one line that names the setting and what it may be
     */
    public TransportConfig build() {
      return new TransportConfig(
          listen,
          hostname.orElseGet(HostName::ofThisHost),
          maxClients,
          dns,
          remotePort,
          tls,
          tlsPolicy,
          mxdeliv,
          shadow,
          connectTimeout,
          hold,
          patience,
          maxMessageSize,
          admin,
          maxBodyMemory,
          state,
          recall,
          trust);
    }
  }
}
