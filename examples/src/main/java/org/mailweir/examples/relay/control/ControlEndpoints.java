package org.mailweir.examples.relay.control;

import com.google.common.base.Splitter;
import com.google.gson.JsonParseException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mailweir.admin.AdminServer;
import org.mailweir.admin.Answer;
import org.mailweir.admin.Endpoint;
import org.mailweir.admin.Request;
import org.mailweir.core.DestinationGate;
import org.mailweir.core.DestinationStatus;
import org.mailweir.core.GateStats;
import org.mailweir.core.TimeSource;
import org.mailweir.examples.relay.control.RelayControl.Depth;
import org.mailweir.examples.relay.control.RelayControl.Withdrawal;
import org.mailweir.examples.relay.spool.Query;
import org.mailweir.examples.relay.spool.SpoolException;
import org.mailweir.message.AddressException;
import org.mailweir.message.Destination;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The relay's part of the admin server: {@code /queue} and what is below it, and the queue on the
 * operator's page. Each change is one line in the log, which names no addresses.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class ControlEndpoints {
  private static final Logger log = LoggerFactory.getLogger(ControlEndpoints.class);
  private static final int MOST_ROWS = 1000;
  private static final int DEFAULT_ROWS = 50;
  private static final int WITHDRAWN_AT_ONCE = 200;
  private static final int RECKONED_WITH = 1000;
  private static final Duration LONGEST_SUSPENSION = Duration.ofDays(365);

  private final RelayControl relay;
  private final DestinationGate<Destination> gate;
  private final QueueView view;

  /**
   * Creates them.
   *
   * @param timeSource the gate's
   */
  public ControlEndpoints(
      RelayControl relay, DestinationGate<Destination> gate, TimeSource timeSource, Clock clock) {
    this.relay = relay;
    this.gate = gate;
    this.view = new QueueView(relay, gate, timeSource, clock);
  }

  /** Adds all of it to an admin server to be. */
  public AdminServer.Builder addTo(AdminServer.Builder admin) {
    return admin
        .section(new QueueSection(view))
        .operator("/queue", reading(this::queue))
        .operator("/queue/messages", reading(this::messages))
        .operator("/queue/flush", changing(this::flush))
        .operator("/queue/suspend", changing(this::suspend))
        .operator("/queue/resume", changing(this::resume))
        .operator("/queue/expire", changing(order -> withdraw(order, "Expired", relay::expire)))
        .operator("/queue/remove", changing(order -> withdraw(order, "Removed", relay::remove)));
  }

  private Object queue(Map<String, String> asked) throws SpoolException, Wrong {
    String destination = asked.get("destination");
    if (destination == null) {
      return view.queue(rows(asked));
    }
    Destination known = destination(destination);
    int depth = relay.depth(known);
    return view.queue(depth == 0 ? List.of() : List.of(new Depth(known, depth)));
  }

  private Object messages(Map<String, String> asked) throws SpoolException, Wrong {
    Query query = Query.all();
    String id = asked.get("id");
    if (id != null) {
      query = query.queueId(id);
    }
    String destination = asked.get("destination");
    if (destination != null) {
      query = query.destination(destination(destination));
    }
    return view.messages(query, rows(asked));
  }

  private Object flush(Reports.Order order) throws Wrong {
    List<Depth> depths;
    if (order.what() == null) {
      depths = relay.deepest(RECKONED_WITH);
      relay.flush();
      log.info("Flushed the queue by hand");
    } else {
      Destination destination = destination(order.what());
      depths = List.of(new Depth(destination, relay.depth(destination)));
      relay.flush(destination);
      log.info("Flushed {} by hand", destination);
    }
    return estimate(depths);
  }

  private Reports.Flushed estimate(List<Depth> depths) {
    Map<Destination, Destination> sites = new HashMap<>();
    Map<Destination, DestinationStatus<Destination>> known = new HashMap<>();
    for (Depth depth : depths) {
      Destination site = relay.site(depth.destination());
      sites.put(depth.destination(), site);
      gate.status(site).ifPresent(status -> known.put(site, status));
    }
    long clients =
        Optional.ofNullable(gate.stats().limits().get(GateStats.Limit.CLIENTS_LONGER))
            .map(GateStats.Use::limit)
            .orElse(1L);
    return FlushEstimate.of(depths, sites, known, clients);
  }

  private Object suspend(Reports.Order order) throws Wrong {
    Destination site = relay.site(destination(order.what()));
    Long seconds = order.seconds();
    Duration time = seconds == null ? LONGEST_SUSPENSION : Duration.ofSeconds(seconds);
    if (time.isNegative() || time.isZero() || time.compareTo(LONGEST_SUSPENSION) > 0) {
      throw new Wrong(400, "a suspension lasts more than 0 s, and at most 365 days");
    }
    String reason = Optional.ofNullable(order.reason()).orElse("");
    if (!gate.suspend(site, time, reason.substring(0, Math.min(200, reason.length())))) {
      throw new Wrong(503, "no room to remember it: too many destinations are suspended or busy");
    }
    log.info("Suspended {} by hand for {} s", site, time.toSeconds());
    return new Reports.Changed(true);
  }

  private Object resume(Reports.Order order) throws Wrong {
    Destination site = relay.site(destination(order.what()));
    boolean changed = gate.resume(site);
    if (changed) {
      log.info("Resumed {} by hand", site);
    }
    return new Reports.Changed(changed);
  }

  private Object withdraw(Reports.Order order, String done, Withdrawing how)
      throws SpoolException, Wrong {
    String what = order.what();
    if (what == null) {
      throw new Wrong(400, "what is missing: a queue id or a destination");
    }
    Query message = Query.all().queueId(what);
    boolean isMessage = !relay.list(message, 1).isEmpty();
    Query query = isMessage ? message : Query.all().destination(destination(what));
    Withdrawal result = how.run(query, WITHDRAWN_AT_ONCE);
    String name = (isMessage ? "message " : "") + what;
    if (result.done() > 0) {
      log.info("{} by hand: {}, {} entries", done, name, result.done());
    }
    return new Reports.Withdrawn(name, result.done(), result.underWay());
  }

  private interface Withdrawing {
    Withdrawal run(Query query, int limit) throws SpoolException;
  }

  private interface Reading {
    Object answer(Map<String, String> asked) throws SpoolException, Wrong;
  }

  private interface Changing {
    Object answer(Reports.Order order) throws SpoolException, Wrong;
  }

  private static Endpoint reading(Reading reading) {
    return request ->
        request.change()
            ? Answer.line(405, "only GET")
            : answer(() -> reading.answer(parameters(request)));
  }

  private static Endpoint changing(Changing changing) {
    return request ->
        request.change()
            ? answer(() -> changing.answer(order(request)))
            : Answer.line(405, "only POST");
  }

  private interface Work {
    Object run() throws SpoolException, Wrong;
  }

  private static Answer answer(Work work) {
    try {
      return Answer.json(200, Reports.JSON.toJson(work.run()));
    } catch (Wrong wrong) {
      return Answer.line(wrong.code, String.valueOf(wrong.getMessage()));
    } catch (SpoolException failure) {
      return Answer.line(500, String.valueOf(failure.getMessage()));
    }
  }

  private static Reports.Order order(Request request) throws Wrong {
    try {
      Reports.Order order = Reports.JSON.fromJson(request.body(), Reports.Order.class);
      return order == null ? new Reports.Order(null, null, null) : order;
    } catch (JsonParseException malformed) {
      throw new Wrong(400, "the body is not the JSON that was expected");
    }
  }

  private static Map<String, String> parameters(Request request) throws Wrong {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : Splitter.on('&').omitEmptyStrings().split(request.query())) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new Wrong(400, "the query is not name=value");
      }
      try {
        parameters.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException malformed) {
        throw new Wrong(400, "the query is not encoded as one");
      }
    }
    return parameters;
  }

  private static int rows(Map<String, String> asked) throws Wrong {
    String n = asked.getOrDefault("n", String.valueOf(DEFAULT_ROWS));
    if (!n.matches("[1-9]\\d{0,3}") || Integer.parseInt(n) > MOST_ROWS) {
      throw new Wrong(400, "n may be 1 to " + MOST_ROWS);
    }
    return Integer.parseInt(n);
  }

  private static Destination destination(@Nullable String name) throws Wrong {
    if (name == null) {
      throw new Wrong(400, "the destination is missing");
    }
    try {
      return Destination.of(name);
    } catch (AddressException malformed) {
      throw new Wrong(400, "'" + name + "' is neither in the queue nor a destination");
    }
  }

  /** A request that cannot be done, and why, in a line. */
  private static final class Wrong extends Exception {
    private static final long serialVersionUID = 1L;
    private final int code;

    Wrong(int code, String line) {
      super(line, null, false, false);
      this.code = code;
    }
  }
}
