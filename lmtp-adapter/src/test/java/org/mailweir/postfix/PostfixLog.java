package org.mailweir.postfix;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Postfix instance has logged so far, line by line. Logging is asynchronous: a line may come
 * a moment after what it tells of.
 *
 * @param lines oldest first
 */
public record PostfixLog(List<String> lines) {
  private static final Pattern DELIVERY =
      Pattern.compile(
          ".*?postfix/(?<service>\\S+)\\[\\d+]: (?<id>[0-9A-Za-z]+): to=<(?<recipient>[^>]*)>,"
              + ".* relay=(?<relay>[^,]+),.* delay=(?<delay>[0-9.]+),.* dsn=(?<dsn>[0-9.]+),"
              + " status=(?<status>\\w+) \\((?<text>.*)\\)");
  // Postfix compares a queue file's time with the clock; a deferred one's lies in the future.
  private static final List<String> CLOCK =
      List.of("file system clock is", "resetting file time stamps");

  private static final Pattern TROUBLE =
      Pattern.compile(
          ".*?postfix/(?:qmgr|error|lmtp\\S*)\\[\\d+]: (?:warning|error|fatal|panic): .*"
              + "|.*?postfix\\S*\\[\\d+]: (?:fatal|panic): .*");
  private static final String SUSPENDED = "delivery temporarily suspended";

  /** Copies the list. */
  public PostfixLog {
    lines = List.copyOf(lines);
  }

  /**
   * One attempt to deliver to one recipient.
   *
   * @param service which did it: {@code lmtp-filtermail}, {@code smtp}, {@code error}
   * @param delaySeconds since the message arrived
   * @param status sent, deferred or bounced
   * @param text what the remote said, or why there was no attempt
   */
  public record Delivery(
      String service,
      String queueId,
      String recipient,
      String relay,
      double delaySeconds,
      String dsn,
      String status,
      String text) {}

  /** Returns all attempts, oldest first. */
  public List<Delivery> deliveries() {
    return lines.stream().map(PostfixLog::delivery).flatMap(Optional::stream).toList();
  }

  /** Returns the attempts of one message. */
  public List<Delivery> deliveries(String queueId) {
    return lines.stream()
        .filter(line -> line.contains(queueId))
        .map(PostfixLog::delivery)
        .flatMap(Optional::stream)
        .filter(d -> d.queueId().equals(queueId))
        .toList();
  }

  /**
   * Returns how often the queue manager deferred mail without an attempt, because it thought that
   * the next hop was down.
   */
  public long suspended() {
    return lines.stream().filter(line -> line.contains(SUSPENDED)).count();
  }

  /**
   * Returns what the queue manager and the delivery clients warn of, but for the machine's clock,
   * and what any daemon ended of. Other daemons warn of each other when a reload restarts them.
   */
  public List<String> troubles() {
    return lines.stream()
        .filter(line -> TROUBLE.matcher(line).matches())
        .filter(line -> CLOCK.stream().noneMatch(line::contains))
        .toList();
  }

  static Optional<Delivery> delivery(String line) {
    Matcher m = DELIVERY.matcher(line);
    return m.matches()
        ? Optional.of(
            new Delivery(
                m.group("service"),
                m.group("id"),
                m.group("recipient"),
                m.group("relay"),
                Double.parseDouble(m.group("delay")),
                m.group("dsn"),
                m.group("status"),
                m.group("text")))
        : Optional.empty();
  }
}
