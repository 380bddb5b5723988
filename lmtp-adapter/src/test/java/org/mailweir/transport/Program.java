package org.mailweir.transport;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CountDownLatch;

/**
 * One run of the program within the test's JVM, to its end: a start that succeeds stops at once.
 */
record Program(int exitCode, String out, String err) {
  static Program run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        TransportMain.run(
            args, new PrintWriter(out, true), new PrintWriter(err, true), new CountDownLatch(0));
    return new Program(code, out.toString(), err.toString());
  }
}
