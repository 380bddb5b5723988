package org.mailweir.postfix;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.mailweir.loopback.LmtpMessage;
import org.mailweir.loopback.SmtpSubmission;
import org.mailweir.thread.TaskThreads;

/**
 * A real Postfix that shares nothing with the one of this machine: own configuration, queue, data,
 * log and port, all below one directory. It relays all mail to an LMTP service. Stopping it leaves
 * no process behind, also at the end of the JVM.
 *
 * <p>Needs the package postfix and root: ask {@link InstalledPostfix} first.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class PrivatePostfix implements AutoCloseable {
  private static final Duration START_PATIENCE = Duration.ofSeconds(15);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(60);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final int INJECTORS = 20;

  private final PostfixFiles files;
  private final InetSocketAddress address;
  private final Thread atExit = new Thread(this::kill, "postfix-stop");

  private PrivatePostfix(PostfixFiles files, InetSocketAddress address) {
    this.files = files;
    this.address = address;
  }

  /**
   * Starts an instance; its SMTP port is open when this returns.
   *
   * @param home a directory that is made, or reused with the queue that is in it; those above it
   *     are made searchable for user postfix where they are temporary
   */
  public static PrivatePostfix start(Path home, PostfixSettings settings)
      throws IOException, InterruptedException {
    PostfixFiles files = new PostfixFiles(home.toAbsolutePath());
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), freePort());
    files.write(settings, address.getPort());
    PrivatePostfix postfix = new PrivatePostfix(files, address);
    Runtime.getRuntime().addShutdownHook(postfix.atExit);
    try {
      postfix.run("/usr/sbin/postfix", "start");
      postfix.awaitPort();
      return postfix;
    } catch (IOException e) {
      IOException explained =
          new IOException("Postfix did not start: " + String.join("\n", postfix.log().lines()), e);
      postfix.close();
      throw explained;
    }
  }

  /** Returns where it takes mail over SMTP. */
  public InetSocketAddress address() {
    return address;
  }

  /** Opens a connection to hand in single messages. */
  public SmtpSubmission submission() throws IOException {
    return SmtpSubmission.open(address, REPLY_TIMEOUT);
  }

  /** Hands in one message and returns its queue id. */
  public String inject(LmtpMessage message) throws IOException {
    try (SmtpSubmission submission = submission()) {
      return queueId(submission.send(message));
    }
  }

  /**
   * Hands in many messages over 20 connections: the {@code i}-th is {@code herd.apply(i)}.
   *
   * @return their queue ids, in the order of {@code i}
   */
  public List<String> injectAll(int count, IntFunction<LmtpMessage> herd)
      throws IOException, InterruptedException {
    String[] ids = new String[count];
    AtomicInteger next = new AtomicInteger();
    Callable<Void> injector =
        () -> {
          try (SmtpSubmission submission = submission()) {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
              ids[i] = queueId(submission.send(herd.apply(i)));
            }
          }
          return null;
        };
    ExecutorService threads = TaskThreads.newExecutor("inject");
    try {
      List<Callable<Void>> injectors =
          Stream.generate(() -> injector).limit(Math.min(INJECTORS, count)).toList();
      for (Future<Void> done : threads.invokeAll(injectors)) {
        done.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("injecting failed", requireNonNull(e.getCause()));
    } finally {
      threads.shutdownNow();
    }
    return Arrays.asList(ids);
  }

  /** Puts all mail on hold from now on whose recipient matches this extended regular expression. */
  public void hold(String recipients) throws IOException, InterruptedException {
    Files.writeString(files.hold(), "/" + recipients + "/ HOLD\n");
    reload();
  }

  /** Ends {@link #hold} and moves what is on hold to the deferred queue. Flush to have it tried. */
  public void release() throws IOException, InterruptedException {
    Files.writeString(files.hold(), "");
    reload();
    run("/usr/sbin/postsuper", "-H", "ALL");
  }

  /** Has the queue manager defer all mail for the LMTP service from now on, without asking it. */
  public void defer() throws IOException, InterruptedException {
    set("defer_transports", PostfixFiles.TRANSPORT);
  }

  /**
   * Ends {@link #defer}. What is deferred stays so until it is due or {@linkplain #flush flushed}.
   */
  public void undefer() throws IOException, InterruptedException {
    set("defer_transports", "");
  }

  /**
   * Has all deferred mail tried now, as {@code postqueue -f} does. Each message may come twice:
   * right after a reload the queue manager is in the middle of its first scan, which a flush makes
   * ignore the time stamps, and then scans once more.
   */
  public void flush() throws IOException, InterruptedException {
    run("/usr/sbin/postqueue", "-f");
  }

  /** Changes a parameter of main.cf and reloads. */
  public void set(String parameter, String value) throws IOException, InterruptedException {
    run("/usr/sbin/postconf", "-e", parameter + "=" + value);
    reload();
  }

  /** Returns the messages in the queue. Slow for many: see {@link #count}. */
  public List<QueueEntry> queue() throws IOException, InterruptedException {
    return run("/usr/sbin/postqueue", "-j").lines().map(QueueEntry::parse).toList();
  }

  /** Returns how many messages are in one of the queues: incoming, active, deferred or hold. */
  public long count(String queue) {
    try (Stream<Path> all = Files.walk(files.spool().resolve(queue))) {
      return all.filter(Files::isRegularFile).count();
    } catch (UncheckedIOException | IOException vanished) {
      return count(queue); // a directory or file went away under us: Postfix is at work
    }
  }

  /** Returns what was logged so far. */
  public PostfixLog log() throws IOException {
    return Files.exists(files.log())
        ? new PostfixLog(Files.readAllLines(files.log(), StandardCharsets.ISO_8859_1))
        : new PostfixLog(List.of());
  }

  /** Returns the processes of this instance that are alive. */
  public List<ProcessHandle> processes() {
    String mark = "MAIL_CONFIG=" + files.etc() + "\0";
    return ProcessHandle.allProcesses().filter(p -> environment(p).contains(mark)).toList();
  }

  /** Stops it, and waits until its last process is gone. The directory stays. */
  @Override
  public void close() throws IOException, InterruptedException {
    try {
      if (!processes().isEmpty()) {
        run("/usr/sbin/postfix", "stop");
      }
    } finally {
      await(STOP_PATIENCE, () -> processes().isEmpty());
      kill();
      removeHook();
    }
  }

  private void reload() throws IOException, InterruptedException {
    run("/usr/sbin/postfix", "reload");
  }

  private String run(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program, "-c", files.etc().toString()));
    command.addAll(List.of(arguments));
    return PostfixCommand.run(command);
  }

  private void awaitPort() throws IOException, InterruptedException {
    boolean open =
        await(
            START_PATIENCE,
            () -> {
              try (Socket socket = new Socket()) {
                socket.connect(address, 1000);
                return true;
              } catch (IOException notYet) {
                return false;
              }
            });
    if (!open) {
      throw new IOException("port " + address.getPort() + " is not open");
    }
  }

  private void kill() {
    for (int round = 0; round < 3; round++) {
      processes().forEach(ProcessHandle::destroyForcibly); // the master may have made new ones
    }
  }

  private void removeHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException shuttingDown) {
      // Then it runs anyway, and finds nothing to kill.
    }
  }

  private static boolean await(Duration patience, BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    return true;
  }

  /** Returns the environment that a process was started with; empty if it is gone or not ours. */
  private static String environment(ProcessHandle process) {
    try {
      Path environ = Path.of("/proc", String.valueOf(process.pid()), "environ");
      return Files.readString(environ, StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }

  private static String queueId(String answer) {
    return answer.substring(answer.lastIndexOf(' ') + 1);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
