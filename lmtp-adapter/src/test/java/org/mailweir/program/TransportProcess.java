package org.mailweir.program;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mailweir.transport.TransportMain;

/** The program in a JVM of its own, so that its memory can be told from that of the test. */
public final class TransportProcess implements AutoCloseable {
  private static final Pattern STARTED =
      Pattern.compile("LMTP on 127\\.0\\.0\\.1:(\\d+), HTTP on 127\\.0\\.0\\.1:(\\d+),");
  private static final Pattern HEAP_USED = Pattern.compile("garbage-first heap .*?used (\\d+)K");
  private static final Path JAVA_BIN = Path.of(System.getProperty("java.home"), "bin");
  private static final long SECONDS_TO_STOP = 60;

  private final Process process;
  private final InetSocketAddress address;
  private final InetSocketAddress admin;

  private TransportProcess(Process process, InetSocketAddress address, InetSocketAddress admin) {
    this.process = process;
    this.address = address;
    this.admin = admin;
  }

  /** Starts the program on ports that the system chooses, with these further options. */
  public static TransportProcess start(String... options) throws IOException {
    return start(List.of("-XX:+UseG1GC", "-Xmx256m"), options);
  }

  /** Starts the program likewise, with these options of the JVM. */
  public static TransportProcess start(List<String> jvmOptions, String... options)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(JAVA_BIN.resolve("java").toString()));
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "-XX:+ExitOnOutOfMemoryError",
            "-Dlogback.configurationFile=logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            TransportMain.class.getName(),
            "--listen=127.0.0.1:0",
            "--admin=127.0.0.1:0"));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader log = process.inputReader(UTF_8);
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      Matcher started = STARTED.matcher(line);
      if (started.find()) {
        pass(log);
        return new TransportProcess(
            process,
            new InetSocketAddress("127.0.0.1", Integer.parseInt(started.group(1))),
            new InetSocketAddress("127.0.0.1", Integer.parseInt(started.group(2))));
      }
    }
    process.destroyForcibly();
    throw new IOException("the transport has not started");
  }

  /** Returns where it speaks LMTP. */
  public InetSocketAddress address() {
    return address;
  }

  /** Returns all its metrics, by name with tags. */
  public Map<String, Double> metrics() throws IOException, InterruptedException {
    return Metrics.of(admin);
  }

  /** Returns whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Returns how many bytes of memory it takes of the machine: its resident set. */
  public long residentBytes() throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    for (String line : Files.readAllLines(status, UTF_8)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException("no VmRSS in " + status);
  }

  /** Collects all garbage, and returns how many bytes of the heap are in use then. */
  public long heapUsedAfterGc() throws IOException, InterruptedException {
    jcmd("GC.run");
    Matcher used = HEAP_USED.matcher(jcmd("GC.heap_info"));
    if (!used.find()) {
      throw new IOException("jcmd does not tell the use of the heap");
    }
    return Long.parseLong(used.group(1)) * 1024;
  }

  /** Sends SIGTERM and waits for the end; kills what does not end. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  /** Sends SIGKILL: no step of a stop in order is made. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  private String jcmd(String command) throws IOException {
    Process jcmd =
        new ProcessBuilder(
                JAVA_BIN.resolve("jcmd").toString(), Long.toString(process.pid()), command)
            .redirectErrorStream(true)
            .start();
    return new String(jcmd.getInputStream().readAllBytes(), UTF_8);
  }

  /** Passes on what the program complains of: it would block if nobody read its log. */
  private static void pass(BufferedReader log) {
    Thread reader = new Thread(() -> copy(log), "transport-log");
    reader.setDaemon(true);
    reader.start();
  }

  private static void copy(BufferedReader log) {
    try {
      for (String line = log.readLine(); line != null; line = log.readLine()) {
        if (!line.contains(" INFO ")) {
          System.out.println("transport: " + line);
        }
      }
    } catch (IOException ended) {
      // The program has.
    }
  }
}
