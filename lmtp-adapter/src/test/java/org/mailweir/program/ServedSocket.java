package org.mailweir.program;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.mailweir.transport.TransportMain;

/**
 * A listening socket that stays open while the transport behind it, a program of its own, comes and
 * goes: what systemd does with a socket unit. Here a few lines of Perl do it.
 */
public final class ServedSocket implements AutoCloseable {
  private static final Path PERL = Path.of("/usr/bin/perl");

  /**
   * Listens, says on which port, and starts the program with the socket as descriptor 0 as often as
   * it ends in order. Ends, and the program with it, at SIGTERM.
   */
  private static final String SERVE =
      """
      use IO::Socket::INET;
      use POSIX;
      my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 128) or die;
      $| = 1;
      print $s->sockport, "\\n";
      my $pid;
      $SIG{TERM} = sub { kill 'TERM', $pid; waitpid($pid, 0); exit 0 };
      do {
        $pid = fork();
        if ($pid == 0) {
          $SIG{TERM} = 'DEFAULT';
          POSIX::dup2($s->fileno, 0);
          POSIX::dup2(2, 1);
          exec @ARGV;
        }
        waitpid($pid, 0);
      } while ($? == 0);
      exit 1;
      """;

  private final Process server;
  private final InetSocketAddress address;

  private ServedSocket(Process server, InetSocketAddress address) {
    this.server = server;
    this.address = address;
  }

  /** Returns whether this machine can do it. */
  public static boolean isPossible() {
    return Files.isExecutable(PERL);
  }

  /** Starts the program with these options; its output goes to the file. */
  public static ServedSocket start(Path output, List<String> options) throws IOException {
    List<String> command = new ArrayList<>(List.of(PERL.toString(), "-e", SERVE));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "-Xmx128m"));
    command.add(TransportMain.class.getName());
    command.addAll(options);
    Process server = new ProcessBuilder(command).redirectError(output.toFile()).start();
    try {
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(server.getInputStream(), StandardCharsets.US_ASCII));
      String port = out.readLine();
      if (port == null) {
        throw new IOException("no socket: " + Files.readString(output));
      }
      return new ServedSocket(server, new InetSocketAddress("127.0.0.1", Integer.parseInt(port)));
    } catch (IOException | RuntimeException e) {
      server.destroyForcibly();
      throw e;
    }
  }

  public InetSocketAddress address() {
    return address;
  }

  /** Returns the id of the program that serves now, if there is one at this moment. */
  public Optional<Long> program() {
    return server.children().map(ProcessHandle::pid).findFirst();
  }

  /** Tells the program to stop, and returns at once. Another one takes its place. */
  public void restart() {
    server.children().forEach(ProcessHandle::destroy);
  }

  /** Ends the program and closes the socket. */
  @Override
  public void close() throws InterruptedException {
    server.destroy();
    if (!server.waitFor(30, TimeUnit.SECONDS)) {
      server.descendants().forEach(ProcessHandle::destroyForcibly);
      server.destroyForcibly();
    }
  }
}
