package org.mailweir.examples.relay.command;

import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import org.mailweir.loopback.Arrival;
import org.mailweir.loopback.LoopbackNet;
import org.mailweir.loopback.SinkBehaviour;
import org.mailweir.loopback.SinkHost;
import org.mailweir.loopback.SmtpSink;

/** The program {@code sink}: a mail host on loopback that takes all mail, and says what came. */
public final class SinkMain {
  private SinkMain() {}

  /** Runs until it is killed; the argument is the port. */
  public static void main(String[] args) throws InterruptedException {
    if (args.length != 1 || !args[0].matches("\\d{1,5}") || Integer.parseInt(args[0]) > 65_535) {
      System.err.println("sink: say the port to listen on, such as 2525");
      System.exit(2);
    }
    try (LoopbackNet net = LoopbackNet.open(Integer.parseInt(args[0]));
        SmtpSink sink = SmtpSink.on(net)) {
      SinkHost host = sink.host(SinkBehaviour.healthy());
      PrintStream out = System.out;
      sink.onArrival(each -> out.println(line(each)));
      String address = host.address().getHostAddress();
      out.println("Taking mail for anybody@[" + address + "] at port " + net.port());
      new CountDownLatch(1).await();
    } catch (IOException failure) {
      System.err.println("sink: " + failure.getMessage());
      System.exit(1);
    }
  }

  private static String line(Arrival arrival) {
    return "Arrived: a message of "
        + arrival.size()
        + " bytes for "
        + String.join(", ", arrival.recipients());
  }
}
