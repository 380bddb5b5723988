package org.mailweir.lab.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mailweir.lab.mail.Letter;
import org.mailweir.lab.time.VirtualTime;
import org.mailweir.lab.world.Ending;
import org.mailweir.lab.world.Reach;
import org.mailweir.lab.world.World;

/**
 * filtermail-transport 0.7.4, as published: one worker for each recipient domain, strictly serial,
 * 30 messages in its queue, 500 workers, gone after 60 s without work; a message without a place is
 * answered {@code 421 Transport busy} at DATA; the replies of a message are sent when all of them
 * are known. HTTPS is tried before SMTP, but not for 30 minutes after a delivery by SMTP; both have
 * 60 s to connect. A worker keeps one connection open, for 100 s.
 *
 * <p>Read: github.com/chatmail/filtermail, src/transport.rs, src/transport/worker.rs (constants
 * PER_DESTINATION_QUEUE_SIZE, MAX_WORKERS, WORKER_KEEPALIVE_DURATION) and src/smtp_client.rs, and
 * in github.com/chatmail/relay the issues 971, 979 and 980.
 */
final class Filtermail implements Transport {
  private static final int QUEUE = 30;
  private static final int WORKERS = 500;
  private static final double KEEPALIVE = 60;
  private static final double IDLE = 100;
  private static final double SMTP_REMEMBERED = 1800;
  private static final double HTTPS_FAILS_AFTER = 0.1;

  private final VirtualTime time;
  private final World world;
  private final Bench bench;
  private final Map<String, Worker> workers = new HashMap<>();
  private final Map<String, Double> smtpUntil = new HashMap<>();

  Filtermail(Bench bench) {
    this.bench = bench;
    this.time = bench.time();
    this.world = bench.world();
  }

  @Override
  public void take(Handover handover) {
    Joined joined = new Joined(handover);
    List<Worker> permits = new ArrayList<>();
    List<Letter> permitted = new ArrayList<>();
    for (Letter letter : handover.letters()) {
      Worker worker = worker(letter.destination());
      if (worker != null && worker.queue.size() < QUEUE) {
        permits.add(worker);
        permitted.add(letter);
      } else {
        joined.busy.add(letter);
      }
    }
    joined.missing = permitted.size();
    for (int i = 0; i < permitted.size(); i++) {
      permits.get(i).send(joined, permitted.get(i));
    }
    joined.answerIfComplete();
  }

  private @Nullable Worker worker(String destination) {
    Worker known = workers.get(destination);
    if (known == null && workers.size() < WORKERS) {
      known = new Worker(destination);
      workers.put(destination, known);
    }
    return known;
  }

  /** The replies of a message, which are sent together. */
  private static final class Joined {
    private final Handover handover;
    private final List<Letter> busy = new ArrayList<>();
    private final List<Letter> delivered = new ArrayList<>();
    private final List<Letter> failed = new ArrayList<>();
    private int missing;

    Joined(Handover handover) {
      this.handover = handover;
    }

    void answerIfComplete() {
      if (missing == 0) {
        busy.forEach(letter -> handover.refused(letter, "TRANSPORT_BUSY"));
        delivered.forEach(handover::delivered);
        failed.forEach(handover::failed);
      }
    }
  }

  /** A message in a worker's queue. */
  private record Job(Joined joined, Letter letter) {}

  /** The one worker of a domain. */
  private final class Worker {
    private final String destination;
    private final ArrayDeque<Job> queue = new ArrayDeque<>();
    private boolean busy;
    private double connectedUntil;
    private VirtualTime.@Nullable Event end;

    Worker(String destination) {
      this.destination = destination;
      expire();
    }

    void send(Joined joined, Letter letter) {
      bench.recorder().held(letter);
      queue.add(new Job(joined, letter));
      if (!busy) {
        next();
      }
    }

    private void next() {
      Job job = queue.poll();
      busy = job != null;
      if (job == null) {
        expire();
        return;
      }
      if (end != null) {
        end.cancel();
      }
      bench.recorder().released(job.letter); // counted by the attempt from now on
      double now = time.seconds();
      if (smtpUntil.getOrDefault(destination, -1.0) > now) {
        bySmtp(job);
      } else {
        double https =
            world.reach(destination) == Reach.BLACK_HOLE ? World.TIMEOUT : HTTPS_FAILS_AFTER;
        bench.recorder().held(job.letter);
        time.after(
            https,
            () -> {
              bench.recorder().released(job.letter);
              bySmtp(job);
            });
      }
    }

    private void expire() {
      end = time.after(KEEPALIVE, () -> workers.remove(destination));
    }

    private void bySmtp(Job job) {
      if (time.seconds() < connectedUntil) {
        world.deliverAgain(job.letter, ending -> ended(job, ending));
      } else {
        world.deliver(job.letter, ending -> ended(job, ending));
      }
    }

    private void ended(Job job, Ending ending) {
      double now = time.seconds();
      job.joined.missing--;
      if (ending == Ending.DELIVERED) {
        connectedUntil = now + IDLE;
        smtpUntil.put(destination, now + SMTP_REMEMBERED);
        job.joined.delivered.add(job.letter);
      } else {
        connectedUntil = 0;
        if (ending.isUnreachable()) {
          smtpUntil.remove(destination);
        }
        job.joined.failed.add(job.letter);
      }
      job.joined.answerIfComplete();
      next();
    }
  }
}
