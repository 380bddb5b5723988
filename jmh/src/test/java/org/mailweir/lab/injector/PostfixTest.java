package org.mailweir.lab.injector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mailweir.lab.mail.Kind;
import org.mailweir.lab.mail.Message;
import org.mailweir.lab.measure.Recorder;
import org.mailweir.lab.policy.Bench;
import org.mailweir.lab.policy.Handover;
import org.mailweir.lab.policy.Transport;
import org.mailweir.lab.time.Seeds;
import org.mailweir.lab.time.VirtualTime;
import org.mailweir.lab.world.Conduct;
import org.mailweir.lab.world.Host;
import org.mailweir.lab.world.Reach;
import org.mailweir.lab.world.World;

/** The model of Postfix keeps Postfix's rules. */
final class PostfixTest {
  private final VirtualTime time = new VirtualTime();
  private final Recorder recorder = new Recorder(time);
  private final World world = new World(time, new Seeds(7), recorder);
  private final List<Double> handedOver = new ArrayList<>();
  private final List<Handover> held = new ArrayList<>();
  private final Transport refusing =
      handover -> {
        handedOver.add(time.seconds());
        handover.refused(handover.letters().get(0), "TEST");
      };
  private final Transport holding =
      handover -> {
        handedOver.add(time.seconds());
        held.add(handover);
      };

  PostfixTest() {
    world.add("a.test", new Host(Conduct.dead(Reach.BLACK_HOLE)));
  }

  private Postfix postfix(Transport transport, int clients, int activeLimit) {
    Bench bench = new Bench(time, world, recorder, new Seeds(7), clients);
    return new Postfix(bench, transport, new PostfixSettings(clients, activeLimit, 0.001));
  }

  private Message message(double created) {
    Message message = new Message(created, 1000, 7);
    message.letter(Kind.DEAD, "a.test");
    recorder.created(message);
    return message;
  }

  @Test
  void handsOverOneMessageATimeOfItsQueueManager() {
    Postfix postfix = postfix(holding, 10, 20);
    for (int i = 0; i < 4; i++) {
      postfix.submit(message(0));
    }
    time.runUntil(1);
    assertThat(handedOver).containsExactly(0.001, 0.002, 0.003, 0.004);
  }

  @Test
  void handsOverToAsManyClientsAsThereAre() {
    Postfix postfix = postfix(holding, 3, 20);
    for (int i = 0; i < 5; i++) {
      postfix.submit(message(0));
    }
    time.runUntil(1);
    assertThat(held).hasSize(3);
    assertThat(postfix.clientsHeld()).isEqualTo(3);
    held.get(0).failed(held.get(0).letters().get(0));
    time.runUntil(2);
    assertThat(held).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({"0, 300", "1000, 1200", "50000, 4200"})
  void triesAgainAtTheScanAfterItsAge(double age, double next) {
    Postfix postfix = postfix(refusing, 3, 20);
    postfix.submit(message(-age));
    time.runUntil(5000);
    assertThat(handedOver.get(1)).isCloseTo(Math.ceil(next / 300) * 300, within(301.0));
    assertThat(handedOver.get(1) - handedOver.get(0)).isGreaterThanOrEqualTo(next - 300);
    assertThat(handedOver.get(1) % 300).isCloseTo(0, within(0.01));
  }

  @Test
  void aFlushIgnoresWhenMailIsDue() {
    Postfix postfix = postfix(refusing, 3, 20);
    postfix.defer(message(-5000), 4000);
    time.runUntil(10);
    assertThat(handedOver).isEmpty();
    postfix.flush();
    time.runUntil(20);
    assertThat(handedOver).hasSize(1);
  }

  @Test
  void aRecallBringsBackOneMessage() {
    Postfix postfix = postfix(holding, 3, 20);
    postfix.submit(message(0));
    time.runUntil(1);
    Handover first = held.get(0);
    first.recall(); // still active: Postfix does nothing
    first.refused(first.letters().get(0), "TEST");
    first.recall();
    time.runUntil(2);
    assertThat(held).hasSize(2);
    assertThat(postfix.pending()).isEqualTo(1);
  }

  @Test
  void freshMailWaitsBehindWhatIsActiveAndGoesBeforeWhatIsDeferred() {
    List<Kind> order = new ArrayList<>();
    Postfix postfix =
        postfix(
            handover -> {
              order.add(handover.letters().get(0).kind());
              handover.refused(handover.letters().get(0), "TEST");
            },
            1,
            100);
    for (int i = 0; i < 1000; i++) {
      postfix.defer(message(-5000), 0);
    }
    postfix.flush();
    Message fresh = new Message(0, 1000, 7);
    fresh.letter(Kind.PROVEN, "a.test");
    postfix.submit(fresh);
    time.runUntil(10);
    assertThat(order).hasSize(1001);
    assertThat(order.indexOf(Kind.PROVEN)).isEqualTo(100);
  }

  @Test
  void aClientGivesUpAfterTenMinutes() {
    Postfix postfix = postfix(holding, 3, 20);
    postfix.submit(message(0));
    time.runUntil(599);
    assertThat(postfix.clientsHeld()).isEqualTo(1);
    time.runUntil(601);
    assertThat(postfix.clientsHeld()).isZero();
    held.get(0).delivered(held.get(0).letters().get(0)); // too late: it comes again
    time.runUntil(1501);
    assertThat(held).hasSize(2);
  }
}
