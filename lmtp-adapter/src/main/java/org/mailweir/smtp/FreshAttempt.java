package org.mailweir.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.mailweir.dns.MailExchangers;
import org.mailweir.dns.MailExchangers.Host;
import org.mailweir.dns.MailExchangers.Hosts;
import org.mailweir.dns.MailExchangers.NoMail;
import org.mailweir.dns.MailExchangers.Route;
import org.mailweir.dns.MailExchangers.Unresolved;
import org.mailweir.message.Destination;
import org.mailweir.message.Reply;
import org.mailweir.site.HostSet;
import org.mailweir.smtp.ConnectFailure.Kind;

/**
 * One attempt to get a new connection: the lookup, then the race over the addresses.
 *
 * <p>Thread safety: {@link #run} by one thread, once; {@link #abort} by any, also before.
 */
final class FreshAttempt {
  private final SmtpConfig config;
  private final MailExchangers exchangers;
  private final AddressBook addresses;
  private final Executor threads;
  private final ConnectRace race;
  private final CompletableFuture<Route> route = new CompletableFuture<>();

  FreshAttempt(
      SmtpConfig config,
      MailExchangers exchangers,
      AddressBook addresses,
      Executor threads,
      ConnectRace race) {
    this.config = config;
    this.exchangers = exchangers;
    this.addresses = addresses;
    this.threads = threads;
    this.race = race;
  }

  /** Returns a session that is ready. Blocks. */
  Session run(Destination destination) throws ConnectFailure, InterruptedException {
    return race(destination, hosts(destination));
  }

  /** Returns the hosts to try. Blocks. */
  List<Host> hosts(Destination destination) throws ConnectFailure, InterruptedException {
    Route found = lookup(destination);
    if (found instanceof NoMail none) {
      Reply reply = new Reply(none.code(), none.status(), Verdicts.bounded(none.text()));
      throw new ConnectFailure(Kind.PERMANENT, reply);
    }
    if (found instanceof Unresolved unknown) {
      throw unresolved(unknown.text());
    }
    return ((Hosts) found).hosts();
  }

  /** Returns a session with one of these hosts. Blocks. */
  Session race(Destination destination, List<Host> hosts)
      throws ConnectFailure, InterruptedException {
    List<Peer> peers = new ArrayList<>();
    for (Host host : addresses.ordered(hosts)) {
      peers.add(new Peer(host, config.remotePort()));
    }
    Session session = race.run(destination, peers);
    addresses.ready(HostSet.of(hosts), session.peer().address());
    return session;
  }

  /** Ends it: {@code run} fails with {@link Kind#ABORTED}. A lookup goes on, for the cache. */
  void abort() {
    race.abort();
    route.cancel(false);
  }

  /** Looks up on a thread of its own, so that an abort need not wait for the resolver. */
  private Route lookup(Destination destination) throws ConnectFailure, InterruptedException {
    try {
      threads.execute(() -> answer(destination));
      return route.get();
    } catch (ExecutionException failed) {
      throw unresolved("looking up " + destination + " failed: " + failed.getCause());
    } catch (CancellationException | RejectedExecutionException aborted) {
      throw ConnectRace.aborted();
    }
  }

  private void answer(Destination destination) {
    try {
      if (!route.isDone()) {
        route.complete(exchangers.lookup(destination));
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      route.cancel(false);
    } catch (RuntimeException | Error unforeseen) {
      route.completeExceptionally(unforeseen);
    }
  }

  private static ConnectFailure unresolved(String text) {
    return new ConnectFailure(Kind.UNRESOLVED, new Reply(451, "4.4.3", Verdicts.bounded(text)));
  }
}
