package org.mailweir.examples.relay.control;

import com.google.common.net.InetAddresses;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Asks a running relay, and tells it what to do, over its admin server. */
final class ControlClient {
  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
  private static final Duration ANSWER_WITHIN = Duration.ofMinutes(2);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_WITHIN)
          .build();
  private final InetSocketAddress admin;

  ControlClient(InetSocketAddress admin) {
    this.admin = admin;
  }

  /** Reads what is there, as JSON. */
  String read(String path) throws ControlException {
    return send(request(path).GET().build());
  }

  /** Changes something; returns what came of it, as JSON. */
  String change(String path, Reports.Order order) throws ControlException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(Reports.JSON.toJson(order)))
            .build());
  }

  /** Returns a value as it stands in a query. */
  static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** Reads what the relay has answered. */
  static <T> T parse(String json, Class<T> type) throws ControlException {
    try {
      T value = Reports.JSON.fromJson(json, type);
      if (value != null) {
        return value;
      }
    } catch (JsonParseException malformed) {
      // told below, as an empty answer is
    }
    throw ControlException.failed("the answer makes no sense: is that a relay of this version?");
  }

  private HttpRequest.Builder request(String path) {
    String host = InetAddresses.toUriString(admin.getAddress());
    return HttpRequest.newBuilder(URI.create("http://" + host + ":" + admin.getPort() + path))
        .timeout(ANSWER_WITHIN);
  }

  private String send(HttpRequest request) throws ControlException {
    HttpResponse<String> response;
    try {
      response = http.send(request, BodyHandlers.ofString());
    } catch (ConnectException refused) {
      throw ControlException.failed(
          "no relay answers at " + where() + ": does it run, with --admin " + where() + "?");
    } catch (IOException failure) {
      throw ControlException.failed("no answer from " + where() + ": " + failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw ControlException.failed("interrupted");
    }
    return switch (response.statusCode()) {
      case 200 -> response.body();
      case 400 -> throw ControlException.usage(Plain.text(response.body()));
      case 404 -> throw ControlException.failed("at " + where() + " is no relay with a queue");
      default -> throw ControlException.failed(Plain.text(response.body()));
    };
  }

  private String where() {
    return InetAddresses.toUriString(admin.getAddress()) + ":" + admin.getPort();
  }
}
