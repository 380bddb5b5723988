package org.mailweir.site;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.mailweir.message.AddressException;
import org.mailweir.message.Destination;
import org.mailweir.site.SiteNames.Named;
import org.mailweir.state.StateSection;

/**
 * The names of sites, kept over restarts: what is known of a site is kept under its name, and the
 * first domain that comes after a restart would give it another one.
 */
final class SiteSection implements StateSection {
  /** Characters of hosts' names that are written: a few sites may have many, not all. */
  private static final int MOST = 20_000_000;

  private final SiteNames names;

  SiteSection(SiteNames names) {
    this.names = names;
  }

  @Override
  public String name() {
    return "sites";
  }

  @Override
  public void write(JsonWriter out) throws IOException {
    int written = 0;
    out.beginArray();
    for (Named site : names.all()) {
      written += site.hosts().names().stream().mapToInt(String::length).sum();
      if (written > MOST) {
        break;
      }
      out.beginObject();
      out.name("name").value(site.name().name());
      if (!site.latest().equals(site.name())) {
        out.name("latest").value(site.latest().name());
      }
      if (site.shared()) {
        out.name("shared").value(true);
      }
      out.name("hosts").beginArray();
      for (String host : site.hosts().names()) {
        out.value(host);
      }
      out.endArray();
      out.endObject();
    }
    out.endArray();
  }

  @Override
  public Runnable read(JsonReader in, Duration age) throws IOException {
    List<Named> sites = new ArrayList<>();
    in.beginArray();
    while (in.hasNext()) {
      sites.add(read(in));
    }
    in.endArray();
    boolean tooOld = age.compareTo(SiteNames.UNUSED) >= 0;
    return tooOld ? () -> {} : () -> sites.forEach(names::restore);
  }

  private static Named read(JsonReader in) throws IOException {
    String name = "";
    String latest = "";
    boolean shared = false;
    List<String> hosts = new ArrayList<>();
    in.beginObject();
    while (in.hasNext()) {
      switch (in.nextName()) {
        case "name" -> name = in.nextString();
        case "latest" -> latest = in.nextString();
        case "shared" -> shared = in.nextBoolean();
        case "hosts" -> {
          in.beginArray();
          while (in.hasNext()) {
            hosts.add(in.nextString());
          }
          in.endArray();
        }
        default -> in.skipValue();
      }
    }
    in.endObject();
    try {
      Destination site = Destination.of(name);
      Destination last = latest.isEmpty() ? site : Destination.of(latest);
      return new Named(site, new HostSet(hosts), last, shared);
    } catch (AddressException wrong) {
      throw new IOException("'" + name + "' or '" + latest + "': " + wrong.reason(), wrong);
    }
  }
}
