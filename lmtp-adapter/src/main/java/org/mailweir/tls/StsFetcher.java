package org.mailweir.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches policies from the web servers of domains (RFC 8461 section 3.3): code 200 and plain text
 * only, no redirects, a verified certificate, {@value #LONGEST} bytes at most.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class StsFetcher {
  private static final Logger log = LoggerFactory.getLogger(StsFetcher.class);
  private static final int LONGEST = 64 * 1024;

  private final OkHttpClient client;
  private final int port;
  private final Duration limit;

  /**
   * Creates a fetcher.
   *
   * @param client that verifies, and follows no redirects
   * @param limit for the whole of one fetch
   */
  StsFetcher(OkHttpClient client, int port, Duration limit) {
    this.client = client;
    this.port = port;
    this.limit = limit;
  }

  /** Returns the policy of a domain; empty if there is none that holds. Blocks. */
  Optional<StsPolicy> fetch(String domain) {
    HttpUrl url;
    try {
      url =
          new HttpUrl.Builder()
              .scheme("https")
              .host("mta-sts." + domain)
              .port(port)
              .addPathSegments(".well-known/mta-sts.txt")
              .build();
    } catch (IllegalArgumentException notForUrls) {
      return Optional.empty();
    }
    Call call = client.newCall(new Request.Builder().url(url).build());
    call.timeout().timeout(limit.toNanos(), TimeUnit.NANOSECONDS);
    try (Response response = call.execute()) {
      Optional<StsPolicy> policy = policy(response);
      if (policy.isEmpty()) {
        log.info("{}: no MTA-STS policy at {} ({})", domain, url, response.code());
      }
      return policy;
    } catch (IOException failure) {
      log.info("{}: the MTA-STS policy cannot be fetched: {}", domain, failure.toString());
      return Optional.empty();
    }
  }

  private static Optional<StsPolicy> policy(Response response) throws IOException {
    MediaType type = response.body().contentType();
    boolean text = type != null && type.type().equals("text") && type.subtype().equals("plain");
    if (response.code() != 200 || !text) {
      return Optional.empty();
    }
    BufferedSource source = response.body().source();
    if (source.request(LONGEST + 1)) {
      return Optional.empty();
    }
    return StsPolicy.parse(source.readString(StandardCharsets.UTF_8));
  }
}
