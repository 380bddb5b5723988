package org.mailweir.examples.embedding;

import static org.assertj.core.api.Assertions.assertThat;

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
class RetryingEmbeddingTest {
  private final World world = new World();
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private final RetryingEmbedding mta = new RetryingEmbedding(world.gate, world.smtp, world.timer);

  @AfterEach
  void close() {
    assertThat(world.gate.stats().inFlight()).as("permits out").isZero();
    world.close();
  }

  /** Runs a message and returns its story, without the domain. */
  private List<String> story(String domain) throws InterruptedException {
    mta.run(new QueuedMessage(domain, log::add));
    return storyGoesOn(domain);
  }

  private List<String> storyGoesOn(String domain) throws InterruptedException {
    List<String> story = new ArrayList<>();
    String line;
    do {
      line = log.poll(30, TimeUnit.SECONDS);
      assertThat(line).startsWith(domain + " after ");
      story.add(line.substring((domain + " after ").length()));
    } while (!line.matches(".*(DELIVERED|REJECTED|too old.*)"));
    return story;
  }

  @Test
  void triesAGreylistedMessageAgain() throws Exception {
    world.smtp.replies("greylisting.example", 451, 250);
    assertThat(story("greylisting.example"))
        .containsExactly("1 try: DEFERRED", "2 tries: DELIVERED");
  }

  @Test
  void doesNotTryARejectedMessageAgain() throws Exception {
    world.smtp.replies("strict.example", 550, 250);
    assertThat(story("strict.example")).containsExactly("1 try: REJECTED");
    assertThat(world.smtp.connects("strict.example")).isOne();
  }

  @Test
  void givesUpByAgeAndCountsNoTryWhileTheDestinationIsRefused() throws Exception {
    List<String> story = story("dead.example");

    assertThat(story)
        .startsWith("1 try: UNREACHABLE")
        .endsWith("1 try: too old, goes back to its sender");
    assertThat(story.subList(1, story.size() - 1))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).startsWith("1 try: refused, SUSPENDED"));
  }

  @Test
  void deliversWhenTheDestinationIsBack() throws Exception {
    mta.run(new QueuedMessage("returning.example", log::add));
    world.awaitStanding(Standing.SUSPENDED);
    world.smtp.replies("returning.example", 250);

    assertThat(storyGoesOn("returning.example"))
        .startsWith("1 try: UNREACHABLE")
        .endsWith("2 tries: DELIVERED");
  }

  @Test
  void keepsARefusedMessageThatWasNeverTried() throws Exception {
    new BlockingEmbedding(world.gate, world.smtp).deliver("returning.example");
    mta.run(new QueuedMessage("returning.example", log::add));
    world.smtp.replies("returning.example", 250);

    assertThat(storyGoesOn("returning.example").get(0))
        .startsWith("0 tries: refused, SUSPENDED (connect to returning.example timed out)");
  }
}
