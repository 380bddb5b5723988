package org.mailweir.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mailweir.tls.TlsMode;
import org.mailweir.tls.TlsPolicyTable;

class TransportCommandTest {
  @TempDir Path directory;

  @Test
  void hasTheDefaultsThatItsHelpShows() throws Exception {
    assertThat(parse("--hostname", "relay.test"))
        .isEqualTo(TransportConfig.builder().hostname("relay.test").build());
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "HOSTNAME",
        "DNS",
        "TLS_POLICY",
        "MXDELIV",
        "ADMIN",
        "MAX_BODY_MEMORY",
        "STATE",
        "RECALL",
        "SHADOW",
        "TRUST"
      },
      mode = EnumSource.Mode.EXCLUDE)
  void showsTheDefaultThatItHas(Setting setting) throws Exception {
    assertThat(parse("--hostname", "relay.test", setting.option(), setting.defaultText()))
        .isEqualTo(TransportConfig.builder().hostname("relay.test").build());
  }

  @Test
  void readsEveryOption() throws Exception {
    TransportConfig config =
        parse(
            "--listen=[::1]:24",
            "--hostname=Relay.Example.org",
            "--max-clients=500",
            "--dns=127.0.0.53:53",
            "--dns=[2001:db8::1]:5353",
            "--remote-port=2525",
            "--tls=may",
            "--tls-policy=chatmail",
            "--mxdeliv=on",
            "--shadow",
            "--connect-timeout=30s",
            "--hold=500ms",
            "--patience=1m",
            "--max-message-size=1048576",
            "--admin=127.0.0.1:9100",
            "--max-body-memory=100000000000",
            "--state=/var/lib/mailweir/state",
            "--recall=/var/spool/postfix/public/flush",
            "--trust=10.0.0.0/8,2001:db8::/32",
            "--trust=127.0.0.1");
    assertThat(config)
        .isEqualTo(
            new TransportConfig(
                new InetSocketAddress("::1", 24),
                "Relay.Example.org",
                500,
                List.of(
                    new InetSocketAddress("127.0.0.53", 53),
                    new InetSocketAddress("2001:db8::1", 5353)),
                2525,
                TlsMode.MAY,
                TlsPolicyTable.chatmail(),
                true,
                true,
                Duration.ofSeconds(30),
                Duration.ofMillis(500),
                Duration.ofMinutes(1),
                1_048_576,
                java.util.Optional.of(new InetSocketAddress("127.0.0.1", 9100)),
                java.util.OptionalLong.of(100_000_000_000L),
                java.util.Optional.of(Path.of("/var/lib/mailweir/state")),
                java.util.Optional.of(Path.of("/var/spool/postfix/public/flush")),
                List.of(
                    Cidr.parse("10.0.0.0/8"),
                    Cidr.parse("2001:db8::/32"),
                    Cidr.parse("127.0.0.1/32"))));
  }

  @Test
  void readsAChatmailIniAndPassesOverWhatDoesNotConcernIt() throws Exception {
    Path file =
        write(
            "chatmail.ini",
            """
            [params]

            # mail domain (MUST be set to fully qualified chat mail domain)
            mail_domain = chat.example.org

            # maximum mailbox size of a chatmail address
            max_mailbox_size = 500M
            max_message_size = 20971520
            passthrough_senders =
            passthrough_recipients = xstore@testrun.org ${sys:user.home}

            # SMTP outgoing filtermail and reinjection
            filtermail_smtp_port = 10080
            filtermail_host = 127.0.0.2
            filtermail_lmtp_port_transport = 10093
            imap_rawlog = false

            [privacy]
            passthrough_recipients = privacy@testrun.org
            """);
    assertThat(parse(file.toString()))
        .isEqualTo(
            TransportConfig.builder()
                .hostname("chat.example.org")
                .listen(new InetSocketAddress("127.0.0.2", 10093))
                .maxMessageSize(20_971_520)
                .tlsPolicy(TlsPolicyTable.chatmail())
                .mxdeliv(true)
                .build());
  }

  @Test
  void readsAChatmailIniAsRelaysHaveIt() throws Exception {
    Path file =
        write(
            "chatmail.ini",
            """
            [params]

            # mail domain (MUST be set to fully qualified chat mail domain)
            mail_domain = chat.example.org

            #
            # Restrictions on user addresses
            #

            # email sending rate per user and minute
            #max_user_send_per_minute = 60
            max_mailbox_size = 500M
            #max_message_size = 31457280
            delete_mails_after = 20
            max_load_1m = 5
            min_available_memory = 200M
            max_smtp_connections = 1000
            tls_external_cert_and_key = /etc/ssl/chain.pem /etc/ssl/key.pem
            disable_ipv6 = False
            acme_email = admin@example.org
            iroh_relay = https://iroh.example.org:8443/?a=b
            # mtail_address = 127.0.0.1

            # set to True if you want to track imap protocol execution
            # in per-maildir ".in/.out" files.
            imap_rawlog = false
            postfix_reinject_port = 10025
            filtermail_smtp_port = 10080
            filtermail_http_port_incoming = 10082
            turn_socket_path = /run/chatmail-turn/turn.socket

            # postal address of privacy contact
            privacy_postal =
              Example e.V., Some Street 1; 12345 "Town" [Country]
              = not a key

            privacy_mail = privacy@example.org, second@example.org
            privacy_pdo =
            privacy_supervisor = ${env:HOME} $[x] %(y)s
            """);
    TransportConfig relay =
        TransportConfig.builder()
            .hostname("chat.example.org")
            .tlsPolicy(TlsPolicyTable.chatmail())
            .mxdeliv(true)
            .build();
    assertThat(parse(file.toString())).isEqualTo(relay);
    assertThat(parse("--mxdeliv=off", "--tls-policy=none", file.toString()))
        .isEqualTo(TransportConfig.builder().hostname("chat.example.org").build());
  }

  @ParameterizedTest
  @CsvSource({
    "--mxdeliv=yes, --mxdeliv: 'yes' is not one of on",
    "--tls-policy=/nowhere/policy, --tls-policy: /nowhere/policy: cannot be read",
    "--tls=dane, --tls: 'dane' is not one of verify"
  })
  void tellsWhatIsWrongWithAnOption(String option, String words) {
    assertThatThrownBy(() -> parse(option))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(words);
  }

  @ParameterizedTest
  @CsvSource({
    "filtermail_host = ::1, ::1, 10083",
    "filtermail_host = [::1], ::1, 10083",
    "filtermail_lmtp_port_transport = 24, 127.0.0.1, 24",
    "filtermail_host =, 127.0.0.1, 10083",
  })
  void listensWhereFiltermailDid(String line, String host, int port) throws Exception {
    Path file = write("chatmail.ini", "[params]\nmail_domain = a.test\n" + line + "\n");
    assertThat(parse(file.toString()).listen()).isEqualTo(new InetSocketAddress(host, port));
  }

  @ParameterizedTest
  @CsvSource({
    "chat.example.org, chat.example.org",
    "bücher.example, xn--bcher-kva.example",
    "192.0.2.1, [192.0.2.1]",
    "[192.0.2.1], [192.0.2.1]",
    "2001:DB8::1, [IPv6:2001:db8::1]",
    "[IPv6:2001:db8::1], [IPv6:2001:db8::1]",
  })
  void goesByTheMailDomainInTheFormForEhlo(String domain, String hostname) throws Exception {
    Path file = write("chatmail.ini", "[params]\nmail_domain = " + domain + "\n");
    assertThat(parse(file.toString()).hostname()).isEqualTo(hostname);
  }

  @Test
  void commandLineWinsOverConfigFileWinsOverChatmailIni() throws Exception {
    Path chatmail =
        write(
            "chatmail.ini",
            """
            [params]
            mail_domain = chatmail.test
            filtermail_lmtp_port_transport = 1001
            max_message_size = 100001
            """);
    Path config =
        write("relay.ini", "listen = 127.0.0.1:1002\nhostname = config.test\nhold = 2s\n");
    TransportConfig parsed =
        parse("--hostname", "option.test", "--config", config.toString(), chatmail.toString());
    assertThat(parsed.hostname()).isEqualTo("option.test");
    assertThat(parsed.listen().getPort()).isEqualTo(1002);
    assertThat(parsed.maxMessageSize()).isEqualTo(100_001);
    assertThat(parsed.hold()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void keysOfAConfigFileWinOverItsOwnParams() throws Exception {
    Path config =
        write(
            "relay.ini", "hostname = key.test\n[params]\nmail_domain = a.test\nwww_folder = www\n");
    assertThat(parse("--config", config.toString()).hostname()).isEqualTo("key.test");
  }

  @Test
  void repeatableKeysRepeatOrTakeCommas() throws Exception {
    Path config =
        write(
            "relay.ini",
            """
            # who may connect
            hostname = relay.test
            trust = 10.0.0.0/8, 127.0.0.1
            trust = 192.0.2.0/24
            """);
    assertThat(parse("--config", config.toString()).trust())
        .extracting(Cidr::toString)
        .containsExactly("10.0.0.0/8", "127.0.0.1/32", "192.0.2.0/24");
  }

  @Test
  void optionReplacesAllValuesOfARepeatedKey() throws Exception {
    Path config = write("relay.ini", "hostname = relay.test\ntrust = 10.0.0.0/8, 127.0.0.1\n");
    assertThat(parse("--config", config.toString(), "--trust", "::1").trust())
        .extracting(Cidr::toString)
        .containsExactly("::1/128");
  }

  @Test
  void trustsTheOwnHostUnlessToldWhom() throws Exception {
    InetAddress loopback = InetAddress.getByName("127.0.0.9");
    InetAddress other = InetAddress.getByName("10.1.2.3");
    TransportConfig open = parse("--hostname=a.test");
    assertThat(open.trusts(loopback)).isTrue();
    assertThat(open.trusts(other)).isFalse();
    TransportConfig told = parse("--hostname=a.test", "--listen=0.0.0.0:0", "--trust=10.0.0.0/8");
    assertThat(told.trusts(loopback)).isFalse();
    assertThat(told.trusts(other)).isTrue();
  }

  private Path write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  private static TransportConfig parse(String... args) throws UsageException {
    return new TransportCommand().parse(args, new PrintWriter(System.out)).orElseThrow();
  }
}
