package org.mailweir.tls;

import java.io.InputStream;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Keys for tests, made by keytool: EC, for CN=mx.example.test with the alternative names
 * dns:mx.example.test and ip:127.0.0.1. trusted.p12 is valid from 2020 to 2119, expired.p12 was in
 * January 2001; both were signed by the authority whose certificate is in roots.p12. stranger.p12
 * has signed itself.
 */
public final class TestKeys {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private TestKeys() {}

  /** Returns a key store of this name. */
  public static KeyStore store(String name) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = TestKeys.class.getResourceAsStream(name + ".p12")) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  /** Returns the certificate of the key of this name. */
  public static Certificate certificate(String name) throws Exception {
    KeyStore store = store(name);
    return store.getCertificate(store.aliases().nextElement());
  }

  /** Returns a server's side with the key of this name. */
  public static SSLContext server(String name) throws Exception {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store(name), PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }
}
