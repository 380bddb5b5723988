package org.mailweir.https;

import java.net.InetAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.CookieJar;
import okhttp3.OkHttpClient;
import okhttp3.TlsVersion;
import org.mailweir.dns.DnsClient;

/**
 * Makes HTTPS clients that share one pool of connections: HTTP/2 where it is offered, TLS 1.2 or
 * later, addresses from our resolver, no proxy, no redirects, no cookies, no cache.
 *
 * <p>Not java.net.http: on Java 17 it cannot be told a host's addresses, it takes no name with an
 * underscore, and each of its clients has a thread.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class HttpsClients implements AutoCloseable {
  private static final int IDLE_CONNECTIONS = 200;
  private static final Duration IDLE_TIME = Duration.ofSeconds(60);
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration EACH_READ_OR_WRITE = Duration.ofSeconds(60);

  private final OkHttpClient base;

  /** Creates the pool, without any connection. */
  public HttpsClients(DnsClient dns) {
    ConnectionSpec spec =
        new ConnectionSpec.Builder(ConnectionSpec.MODERN_TLS)
            .tlsVersions(TlsVersion.TLS_1_3, TlsVersion.TLS_1_2)
            .build();
    base =
        new OkHttpClient.Builder()
            .dns(host -> lookup(dns, host))
            .connectionPool(
                new ConnectionPool(IDLE_CONNECTIONS, IDLE_TIME.toSeconds(), TimeUnit.SECONDS))
            .connectionSpecs(List.of(spec))
            .connectTimeout(CONNECT)
            .readTimeout(EACH_READ_OR_WRITE)
            .writeTimeout(EACH_READ_OR_WRITE)
            .proxy(Proxy.NO_PROXY)
            .followRedirects(false)
            .followSslRedirects(false)
            .cookieJar(CookieJar.NO_COOKIES)
            .build();
  }

  /** Returns a client for which the certificate must be good and bear the name. */
  public OkHttpClient verifying(SSLContext context, X509TrustManager manager) {
    return base.newBuilder().sslSocketFactory(context.getSocketFactory(), manager).build();
  }

  /** Returns a client that takes any certificate for any name. */
  public OkHttpClient lenient(SSLContext context, X509TrustManager manager) {
    return base.newBuilder()
        .sslSocketFactory(context.getSocketFactory(), manager)
        .hostnameVerifier((host, session) -> true)
        .build();
  }

  /** Ends all requests and closes all connections. */
  @Override
  public void close() {
    base.dispatcher().cancelAll();
    base.dispatcher().executorService().shutdown();
    base.connectionPool().evictAll();
  }

  private static List<InetAddress> lookup(DnsClient dns, String host) throws UnknownHostException {
    try {
      return dns.addresses(host);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new UnknownHostException(host + ": interrupted");
    }
  }
}
