package org.mailweir.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.Refusal;
import org.mailweir.core.Refusal.Reason;
import org.mailweir.core.Standing;
import org.mailweir.message.Destination;
import org.mailweir.message.Reply;

class RepliesTest {
  private static final Destination EXAMPLE = new Destination("example.org");
  private static final long NOW = Long.MAX_VALUE - 5;
  private final RefusalReplies refusals = new RefusalReplies(Duration.ofSeconds(30));

  private static DestinationStatus<Destination> status(long refused) {
    return status(Standing.SUSPENDED, 3, 14, refused, Optional.empty());
  }

  private static DestinationStatus<Destination> probed(long nextProbe) {
    return status(Standing.SUSPECT, 1, 0, 2, Optional.of(nextProbe));
  }

  private static DestinationStatus<Destination> status(
      Standing standing, int inFlight, int waiting, long refused, Optional<Long> nextProbe) {
    return new DestinationStatus<>(
        EXAMPLE,
        standing,
        inFlight,
        waiting,
        0,
        false,
        false,
        5,
        0,
        0,
        3,
        refused,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        nextProbe,
        Optional.empty(),
        Optional.empty(),
        "",
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void namesDestinationCauseDepthAndNextTry() {
    long nextTry = NOW + Duration.ofMillis(83_001).toNanos(); // wraps around
    Refusal refusal = new Refusal(Reason.SUSPENDED, nextTry, "connect to 192.0.2.1:25 timed out");
    assertThat(refusals.reply(refusal, EXAMPLE, EXAMPLE, Optional.of(status(17)), NOW))
        .isEqualTo(
            new Reply(
                451,
                "4.4.1",
                "example.org suspended: connect to 192.0.2.1:25 timed out; 3 under way, 14 waiting;"
                    + " 17 refused since it last answered; next try in 84 s"));
  }

  @Test
  void saysHowBusyADestinationIs() {
    Refusal refusal = new Refusal(Reason.LONG_WAIT, Refusal.NO_HINT, "");
    assertThat(refusals.reply(refusal, EXAMPLE, EXAMPLE, Optional.of(status(0)), NOW))
        .isEqualTo(
            new Reply(
                451,
                "4.4.5",
                "example.org busy: no turn expected within 30 s; 3 under way, 14 waiting"));
  }

  @Test
  void tellsOfTheNextProbeWhereTheRefusalItselfDoesNotKnow() {
    Refusal refusal = new Refusal(Reason.SUSPECT, Refusal.NO_HINT, "");
    assertThat(refusals.reply(refusal, EXAMPLE, EXAMPLE, Optional.of(probed(NOW + 1)), NOW).text())
        .endsWith("; 2 refused since it last answered; next probe in 1 s");
  }

  @Test
  void saysThatASuspendedDestinationIsAboutToBeTried() {
    Refusal refusal = new Refusal(Reason.SUSPENDED, Refusal.NO_HINT, "timed out");
    assertThat(refusals.reply(refusal, EXAMPLE, EXAMPLE, Optional.of(status(0)), NOW).text())
        .endsWith("; its probe is due");
  }

  @Test
  void leavesOutWhatIsNothing() {
    Refusal refusal = new Refusal(Reason.UNPROVEN_SHARE, Refusal.NO_HINT, "");
    DestinationStatus<Destination> idle = status(Standing.NEW, 0, 0, 1, Optional.empty());
    assertThat(refusals.reply(refusal, EXAMPLE, EXAMPLE, Optional.of(idle), NOW).text())
        .endsWith("hold their share of the clients");
  }

  @Test
  void callsAPastTryDueNow() {
    Refusal refusal = new Refusal(Reason.SUSPECT, NOW - 1, "");
    assertThat(refusals.reply(refusal, EXAMPLE, EXAMPLE, Optional.empty(), NOW).text())
        .endsWith("; next try now");
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void answersEachReasonWithA451OfItsClass(Reason reason) {
    Reply reply =
        refusals.reply(
            new Refusal(reason, Refusal.NO_HINT, ""), EXAMPLE, EXAMPLE, Optional.empty(), NOW);
    assertThat(reply.code()).isEqualTo(451);
    assertThat(reply.status()).matches("4\\.[34]\\.[125]");
    assertThat(reply.text()).startsWith("example.org ").hasSizeGreaterThan(20);
  }

  @Test
  void givesEachReasonItsOwnWords() {
    Stream<String> texts =
        Stream.of(Reason.values())
            .map(reason -> new Refusal(reason, Refusal.NO_HINT, ""))
            .map(
                refusal -> refusals.reply(refusal, EXAMPLE, EXAMPLE, Optional.empty(), NOW).text());
    assertThat(texts).doesNotHaveDuplicates();
  }

  @Property(tries = 200)
  void isPrintableAndBoundedWhateverTheRemoteSaid(@ForAll @StringLength(max = 2000) String detail) {
    Refusal refusal = new Refusal(Reason.SUSPENDED, NOW + 1, detail);
    Destination longest = new Destination("a".repeat(255));
    String text = refusals.reply(refusal, longest, longest, Optional.of(status(9)), NOW).text();
    assertThat(text).hasSizeLessThanOrEqualTo(300).matches("[ -~]+");
  }

  @ParameterizedTest
  @CsvSource({
    "421, 4.7.0, 451, 4.7.0",
    "421, '', 451, 4.4.2",
    "354, '', 451, 4.4.2",
    "450, 4.2.0, 450, 4.2.0",
    "550, 5.1.1, 550, 5.1.1",
    "250, 2.0.0, 250, 2.0.0"
  })
  void letsNoReplyThroughThatWouldHarmTheOtherRecipients(
      int code, String status, int newCode, String newStatus) {
    assertThat(Replies.forRecipient(new Reply(code, status, "words")))
        .isEqualTo(new Reply(newCode, newStatus, "words"));
  }

  @ParameterizedTest
  @CsvSource({"550, 5.1.1, 451, 4.4.1", "421, 4.3.2, 451, 4.3.2", "452, 4.2.2, 452, 4.2.2"})
  void turnsAFailureIntoATransientOne(int code, String status, int newCode, String newStatus) {
    assertThat(Replies.asTransient(new Reply(code, status, "words"), "4.4.1"))
        .isEqualTo(new Reply(newCode, newStatus, "words"));
  }
}
