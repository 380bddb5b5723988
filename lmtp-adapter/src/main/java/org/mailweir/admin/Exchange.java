package org.mailweir.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes requests from HTTP to the endpoints of their paths, and answers back. */
final class Exchange implements HttpHandler {
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);
  private static final int LARGEST_BODY = 64 << 10;

  private final Map<String, Place> places;

  Exchange(Map<String, Place> places) {
    this.places = places;
  }

  /** An endpoint, and whether it is behind the door. */
  record Place(Endpoint endpoint, boolean guarded) {
    static Place open(Endpoint endpoint) {
      return new Place(endpoint, false);
    }

    static Place behindTheDoor(Endpoint endpoint) {
      return new Place(endpoint, true);
    }

    String methods() {
      return guarded ? "GET, HEAD, POST" : "GET, HEAD";
    }
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = answer(exchange);
      byte[] body = answer.body().getBytes(UTF_8);
      Headers headers = exchange.getResponseHeaders();
      headers.set("Content-Type", answer.contentType());
      headers.set("Cache-Control", "no-store");
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Referrer-Policy", "no-referrer");
      headers.set("Content-Security-Policy", PageStyle.SECURITY_POLICY);
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(answer.code(), head ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Place place = places.get(path);
    if (place == null) {
      return Answer.line(404, "there are " + String.join(" ", places.keySet()));
    }
    boolean change = exchange.getRequestMethod().equals("POST");
    if (!(place.methods() + ",").contains(exchange.getRequestMethod() + ",")) {
      exchange.getResponseHeaders().set("Allow", place.methods());
      return Answer.line(405, "only " + place.methods());
    }
    if (place.guarded()) {
      Optional<String> objection = Door.objection(exchange, change);
      if (objection.isPresent()) {
        return Answer.line(403, objection.get());
      }
    }
    byte[] body = change ? exchange.getRequestBody().readNBytes(LARGEST_BODY + 1) : new byte[0];
    if (body.length > LARGEST_BODY) {
      return Answer.line(413, "at most " + LARGEST_BODY + " bytes");
    }
    String query = Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
    try {
      return place.endpoint().answer(new Request(change, query, new String(body, UTF_8)));
    } catch (RuntimeException defect) {
      log.error("{} could not be answered", path, defect);
      return Answer.line(500, "failed; see the log");
    }
  }
}
