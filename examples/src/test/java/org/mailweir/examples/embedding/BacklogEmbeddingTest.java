package org.mailweir.examples.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mailweir.core.Standing;

@Timeout(60)
class BacklogEmbeddingTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final World world = new World();
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private final BacklogEmbedding mta = new BacklogEmbedding(world.gate, world.smtp, world.timer);

  @AfterEach
  void close() {
    assertThat(world.gate.stats().inFlight()).as("permits out").isZero();
    world.close();
  }

  private void submit(String domain, Duration lifetime) {
    mta.backlog.submit(domain, new QueuedMessage(domain, log::add), lifetime);
  }

  /** Returns the story of the only message, without the domain, up to its end. */
  private List<String> story(String domain) throws InterruptedException {
    List<String> story = new ArrayList<>();
    String line;
    do {
      line = log.poll(30, TimeUnit.SECONDS);
      assertThat(line).startsWith(domain + " after ");
      story.add(line.substring((domain + " after ").length()));
    } while (!line.matches(".*(DELIVERED|REJECTED|too old.*|kept.*)"));
    assertThat(mta.backlog.stats().pending()).isZero();
    return story;
  }

  @Test
  void wakesTheLoopForTheFirstMessageAndForOneThatIsDueAgain() throws Exception {
    world.smtp.replies("greylisting.example", 451, 250);
    submit("greylisting.example", MINUTE);
    assertThat(story("greylisting.example"))
        .containsExactly("1 try: DEFERRED", "2 tries: DELIVERED");
  }

  @Test
  void doesNotTryARejectedMessageAgain() throws Exception {
    world.smtp.replies("strict.example", 550);
    submit("strict.example", MINUTE);
    assertThat(story("strict.example")).containsExactly("1 try: REJECTED");
  }

  @Test
  void waitsForADeadDestinationWithoutTryingUntilTheMessageExpires() throws Exception {
    submit("dead.example", MINUTE);
    assertThat(story("dead.example"))
        .containsExactly("1 try: UNREACHABLE", "1 try: too old, goes back to its sender");
  }

  @Test
  void deliversWhenTheDestinationIsBack() throws Exception {
    submit("returning.example", MINUTE);
    world.awaitStanding(Standing.SUSPENDED);
    world.smtp.replies("returning.example", 250);
    assertThat(story("returning.example"))
        .containsExactly("1 try: UNREACHABLE", "2 tries: DELIVERED");
  }

  @Test
  void givesBackWhatIsLeftWhenItStops() throws Exception {
    submit("dead.example", MINUTE);
    world.awaitStanding(Standing.SUSPENDED);
    submit("dead.example", MINUTE);
    mta.backlog.close();
    List<String> lines = new ArrayList<>();
    while (lines.size() < 3) {
      lines.add(log.poll(30, TimeUnit.SECONDS));
    }
    assertThat(lines)
        .containsExactlyInAnyOrder(
            "dead.example after 1 try: UNREACHABLE",
            "dead.example after 1 try: kept for the next start",
            "dead.example after 0 tries: kept for the next start");
  }
}
