package org.mailweir.program;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.TreeMap;

/** Reads the metrics of a running transport. */
public final class Metrics {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private Metrics() {}

  /** Returns all metrics, by name with tags. */
  public static Map<String, Double> of(InetSocketAddress admin)
      throws IOException, InterruptedException {
    URI address = URI.create("http://127.0.0.1:" + admin.getPort() + "/metrics");
    String text =
        HTTP.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString()).body();
    Map<String, Double> metrics = new TreeMap<>();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line -> {
              int space = line.lastIndexOf(' ');
              metrics.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
            });
    return metrics;
  }
}
