package org.mailweir.postfix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Lays out the directories of one instance and writes main.cf and master.cf. */
final class PostfixFiles {
  static final String TRANSPORT = "lmtp-filtermail";

  private final Path home;

  PostfixFiles(Path home) {
    this.home = home;
  }

  Path etc() {
    return home.resolve("etc");
  }

  Path spool() {
    return home.resolve("spool");
  }

  Path log() {
    return home.resolve("mail.log");
  }

  /** The access table that says which recipients' mail is put on hold. */
  Path hold() {
    return etc().resolve("hold");
  }

  private Path data() {
    return home.resolve("lib");
  }

  void write(PostfixSettings settings, int port) throws IOException {
    layOut();
    Files.writeString(hold(), "");
    Files.writeString(
        etc().resolve("main.cf"),
        mainCf(settings).entrySet().stream()
            .map(e -> e.getKey() + " = " + e.getValue() + "\n")
            .collect(Collectors.joining()));
    Files.writeString(etc().resolve("master.cf"), masterCf(settings.maxproc(), port));
  }

  private void layOut() throws IOException {
    Set<PosixFilePermission> readable = PosixFilePermissions.fromString("rwxr-xr-x");
    for (Path directory : new Path[] {home, etc(), spool(), data()}) {
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(directory, readable);
    }
    UserPrincipal owner =
        home.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postfix");
    Files.setOwner(data(), owner);
    openTheWay();
  }

  /** The daemons run as user postfix and must get here: JUnit's temporary directories are 0700. */
  private void openTheWay() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
    for (Path p = home.toRealPath().getParent(); p != null; p = p.getParent()) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(p);
      if (permissions.add(PosixFilePermission.OTHERS_EXECUTE)) {
        if (!p.startsWith(temporary)) {
          throw new IOException(p + " is closed to user postfix: choose another directory");
        }
        Files.setPosixFilePermissions(p, permissions);
      }
    }
  }

  /**
   * Returns main.cf. Nothing in it may cause a warning: each daemon would log it, and postlogd,
   * which logs its own to its own socket, can lock up over that.
   */
  Map<String, String> mainCf(PostfixSettings settings) {
    Map<String, String> main = new LinkedHashMap<>();
    main.put("compatibility_level", "3.6");
    main.put("config_directory", etc().toString());
    main.put("queue_directory", spool().toString());
    main.put("data_directory", data().toString());
    main.put("command_directory", "/usr/sbin");
    main.put("daemon_directory", "/usr/lib/postfix/sbin");
    main.put("mail_owner", "postfix");
    main.put("setgid_group", "postdrop");
    main.put("maillog_file", log().toString());
    main.put("maillog_file_prefixes", home.toString());
    main.put("myhostname", "relay.test");
    main.put("mydestination", "");
    main.put("mynetworks", "127.0.0.0/8");
    main.put("inet_interfaces", "127.0.0.1");
    main.put("inet_protocols", "ipv4");
    main.put("alias_maps", "");
    main.put("alias_database", "");
    main.put("local_recipient_maps", "");
    main.put("relayhost", "");
    main.put("biff", "no");
    main.put("notify_classes", "");
    main.put("in_flow_delay", "0");
    main.put("append_dot_mydomain", "no");
    main.put("smtpd_peername_lookup", "no");
    main.put("smtpd_authorized_xforward_hosts", "127.0.0.0/8");
    main.put("smtpd_relay_restrictions", "permit_mynetworks, reject");
    main.put("smtpd_recipient_restrictions", "check_recipient_access regexp:" + hold());
    main.put("maximal_queue_lifetime", "2d");
    main.put("bounce_queue_lifetime", "2d");
    main.put("transport_maps", transportMaps(settings.routes()));
    main.put(
        "default_transport",
        TRANSPORT
            + ":inet:["
            + settings.transport().getAddress().getHostAddress()
            + "]:"
            + settings.transport().getPort());
    main.put("qmgr_message_active_limit", String.valueOf(settings.maxproc() + 20));
    main.put("qmgr_clog_warn_time", "0");
    main.put("enable_long_queue_ids", "yes");
    main.put("lmtp_send_xforward_command", "yes");
    main.put(TRANSPORT + "_initial_destination_concurrency", "10000");
    main.put(TRANSPORT + "_destination_concurrency_limit", "10000");
    main.put(TRANSPORT + "_destination_concurrency_failed_cohort_limit", "0");
    main.put(TRANSPORT + "_destination_concurrency_negative_feedback", "0");
    main.putAll(settings.parameters());
    return main;
  }

  /** Bounces go to the senders at sender.test and are discarded. */
  private static String transportMaps(Map<String, String> routes) {
    Map<String, String> all = new LinkedHashMap<>(routes);
    all.putIfAbsent("sender.test", "discard:");
    all.putIfAbsent("relay.test", "discard:");
    return all.entrySet().stream()
        .map(e -> "{ " + e.getKey() + " = " + e.getValue() + " }")
        .collect(Collectors.joining(", ", "inline:{ ", " }"));
  }

  static String masterCf(int maxproc, int port) {
    return """
    127.0.0.1:%d inet n - n - - smtpd
    pickup    unix  n - n 60  1 pickup
    cleanup   unix  n - n -   0 cleanup
    qmgr      unix  n - n 300 1 qmgr
    rewrite   unix  - - n -   - trivial-rewrite
    bounce    unix  - - n -   0 bounce
    defer     unix  - - n -   0 bounce
    trace     unix  - - n -   0 bounce
    verify    unix  - - n -   1 verify
    flush     unix  n - n 1000? 0 flush
    proxymap  unix  - - n -   - proxymap
    proxywrite unix - - n -   1 proxymap
    smtp      unix  - - n -   - smtp
    showq     unix  n - n -   - showq
    error     unix  - - n -   - error
    retry     unix  - - n -   - error
    discard   unix  - - n -   - discard
    anvil     unix  - - n -   1 anvil
    scache    unix  - - n -   1 scache
    postlog   unix-dgram n - n - 1 postlogd
    %s unix - - n - %d lmtp
      -o syslog_name=postfix/%s
      -o lmtp_header_checks=
      -o lmtp_tls_security_level=none
    """
        .formatted(port, TRANSPORT, maxproc, TRANSPORT);
  }
}
