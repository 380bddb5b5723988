package org.mailweir.examples.relay.notice;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.mailweir.examples.relay.notice.Report.Action;
import org.mailweir.examples.relay.spool.Envelope;
import org.mailweir.message.Body;
import org.mailweir.message.Sender;

/**
 * The text of one notification: a {@code multipart/report} of words for people, fields for programs
 * (RFC 3464), and what is returned of the message. Where an address is not ASCII it is written as
 * RFC 6533 has it, and takes an SMTPUTF8 host to deliver.
 *
 * <p>Lines end with CRLF. Whatever comes from others, addresses and replies, loses its control
 * characters on the way in, so that it can begin no line of its own.
 *
 * <p>Thread safety: none.
 */
final class NoticeText {
  // RFC 5322 section 3.3; DateTimeFormatter.RFC_1123_DATE_TIME writes the obsolete "GMT".
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss xx", Locale.US)
          .withZone(ZoneOffset.UTC);
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");
  private static final Pattern NOT_ASCII = Pattern.compile("[^ -~]");
  private static final int LONGEST = 900; // of a line: RFC 5322 section 2.1.1 allows 998

  private final String hostname;
  private final String queueId;
  private final Instant now;
  private final Envelope envelope;
  private final List<Report> reports;
  private final boolean utf8;
  private final String boundary;
  private final StringBuilder text = new StringBuilder(2048);

  /**
   * Creates the text.
   *
   * @param queueId of the notification: nobody can guess it, so nobody's message has the boundary
   *     that is made of it
   * @param reports about recipients of that entry, at least one
   */
  NoticeText(
      String hostname, String queueId, Instant now, Envelope envelope, List<Report> reports) {
    this.hostname = hostname;
    this.queueId = queueId;
    this.now = now;
    this.envelope = envelope;
    this.reports = reports;
    Sender sender = envelope.sender();
    utf8 =
        sender.utf8()
            || !isAscii(sender.address())
            || reports.stream().anyMatch(each -> !isAscii(each.recipient().address()));
    boundary = "=_" + queueId + "/" + hostname.replaceAll("[^A-Za-z0-9.-]", "-");
  }

  String queueId() {
    return queueId;
  }

  /** Returns whether it may be handed to hosts with SMTPUTF8 only. */
  boolean isUtf8() {
    return utf8;
  }

  TextBody write(Body original) throws IOException {
    return write(Returned.of(envelope, original, utf8));
  }

  TextBody writeWithoutContent() {
    return write(Returned.NOTHING);
  }

  private TextBody write(Returned returned) {
    boolean eightBit = utf8 || hasHighOctets(returned.content());
    headers(eightBit);
    part("text/plain; charset=" + (utf8 ? "utf-8" : "us-ascii"), "Notification", utf8);
    words();
    part(utf8 ? "message/global-delivery-status" : "message/delivery-status", "Report", utf8);
    fields();
    String type =
        returned.whole()
            ? (utf8 ? "message/global" : "message/rfc822")
            : (utf8 ? "message/global-headers" : "text/rfc822-headers");
    part(type, returned.whole() ? "Undelivered Message" : "Message Headers", eightBit);
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + 8192);
    out.writeBytes(text.toString().getBytes(UTF_8));
    out.writeBytes(returned.content());
    out.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(UTF_8));
    text.setLength(0);
    return new TextBody(out.toByteArray());
  }

  private void headers(boolean eightBit) {
    line("Date: " + DATE.format(now));
    line("From: MAILER-DAEMON@" + hostname + " (Mail Delivery System)");
    line("To: <" + clean(envelope.sender().address()) + ">");
    line("Subject: " + subject());
    line("Message-ID: <" + queueId + "@" + hostname + ">");
    line("Auto-Submitted: auto-replied");
    line("MIME-Version: 1.0");
    line("Content-Type: multipart/report; report-type=" + reportType() + ";");
    line(" boundary=\"" + boundary + "\"");
    line("Content-Transfer-Encoding: " + (eightBit ? "8bit" : "7bit"));
    line("");
    line("This is a MIME-encapsulated message.");
  }

  private String reportType() {
    return utf8 ? "global-delivery-status" : "delivery-status";
  }

  private String subject() {
    if (has(Action.FAILED)) {
      return "Undelivered Mail Returned to Sender";
    }
    return has(Action.DELAYED) ? "Delayed Mail (still being retried)" : "Mail Handed On";
  }

  private void part(String type, String description, boolean eightBit) {
    line("");
    line("--" + boundary);
    line("Content-Description: " + description);
    line("Content-Type: " + type);
    line("Content-Transfer-Encoding: " + (eightBit ? "8bit" : "7bit"));
    line("");
  }

  private void words() {
    line("This is the mail system at host " + hostname + ".");
    for (Action action : Action.values()) {
      if (has(action)) {
        line("");
        line(
            switch (action) {
              case FAILED -> "Your message could not be delivered to the following recipients:";
              case DELAYED ->
                  "Your message could not be delivered yet, and will be tried again until "
                      + DATE.format(envelope.entry().expires())
                      + ":";
              case RELAYED ->
                  "Your message was handed to hosts that send no notifications themselves:";
            });
        reports.stream().filter(each -> each.action() == action).forEach(this::words);
      }
    }
  }

  private void words(Report report) {
    line("");
    line("<" + clean(report.recipient().address()) + ">: " + reason(report));
  }

  private void fields() {
    line("Reporting-MTA: dns; " + hostname);
    String envid = envelope.sender().dsn().envid();
    if (!envid.isEmpty()) {
      line("Original-Envelope-Id: " + Xtext.decoded(envid));
    }
    line("X-Mailweir-Queue-ID: " + envelope.queueId());
    line("Arrival-Date: " + DATE.format(envelope.entry().arrived()));
    reports.forEach(this::fields);
  }

  private void fields(Report report) {
    String address = clean(report.recipient().address());
    String original = report.recipient().dsn().orcpt();
    line("");
    if (!original.isEmpty()) {
      int type = original.indexOf(';') + 1;
      line(
          "Original-Recipient: "
              + clean(original.substring(0, type))
              + " "
              + Xtext.decoded(original.substring(type)));
    }
    line("Final-Recipient: " + (isAscii(address) ? "rfc822; " : "utf-8; ") + address);
    line("Action: " + report.action().word());
    line("Status: " + status(report));
    if (!report.peer().isEmpty()) {
      line("Remote-MTA: dns; " + host(report.peer()));
    }
    // What no host said is no answer of SMTP.
    line(
        "Diagnostic-Code: "
            + (report.peer().isEmpty() ? "X-Mailweir; " : "smtp; ")
            + reason(report));
    if (report.action() == Action.DELAYED) {
      line("Will-Retry-Until: " + DATE.format(envelope.entry().expires()));
    } else {
      line("Last-Attempt-Date: " + DATE.format(now));
    }
  }

  private String reason(Report report) {
    String words =
        (report.reply().code() + " " + report.reply().status()).strip()
            + " "
            + report.reply().text();
    String ascii = NOT_ASCII.matcher(words.strip()).replaceAll("?");
    return ascii.length() <= LONGEST ? ascii : ascii.substring(0, LONGEST - 3) + "...";
  }

  private static String status(Report report) {
    String status = report.reply().status();
    String digit =
        switch (report.action()) {
          case FAILED -> status.startsWith("4.4.7") ? "4" : "5";
          case DELAYED -> "4";
          case RELAYED -> "2";
        };
    return status.matches("[245]\\.\\d{1,3}\\.\\d{1,3}")
        ? digit + status.substring(1)
        : digit + ".0.0";
  }

  /** Returns the name in such as {@code mx.example.org[192.0.2.1]:25}. */
  private static String host(String peer) {
    int bracket = peer.indexOf('[');
    return clean(bracket > 0 ? peer.substring(0, bracket) : peer);
  }

  private boolean has(Action action) {
    return reports.stream().anyMatch(each -> each.action() == action);
  }

  private void line(String line) {
    text.append(line).append("\r\n");
  }

  private static String clean(String others) {
    return CONTROL.matcher(others).replaceAll("?");
  }

  private static boolean isAscii(String word) {
    return word.chars().allMatch(c -> c < 128);
  }

  private static boolean hasHighOctets(byte[] octets) {
    for (byte each : octets) {
      if (each < 0) {
        return true;
      }
    }
    return false;
  }
}
