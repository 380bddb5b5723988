package org.mailweir.tls;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.mailweir.state.StateSection;
import org.mailweir.tls.MtaSts.Known;

/**
 * MTA-STS policies, kept over restarts for the time that they say: who can suppress their records
 * and their web server for a while should not gain by our restart (RFC 8461 section 10.2).
 */
final class StsSection implements StateSection {
  /** Characters of exchangers' names that are written: a few policies may be large, not all. */
  private static final int MOST = 10_000_000;

  private final MtaSts policies;

  StsSection(MtaSts policies) {
    this.policies = policies;
  }

  @Override
  public String name() {
    return "mta-sts";
  }

  @Override
  public void write(JsonWriter out) throws IOException {
    int written = 0;
    out.beginArray();
    for (Known known : policies.all()) {
      written += known.policy().exchangers().stream().mapToInt(String::length).sum();
      if (written > MOST) {
        break;
      }
      out.beginObject();
      out.name("domain").value(known.domain());
      out.name("id").value(known.id());
      out.name("age").value(known.age().toString());
      out.name("maxAge").value(known.policy().maxAge().toString());
      out.name("mode").value(known.policy().mode().name().toLowerCase(Locale.ROOT));
      out.name("mx").beginArray();
      for (String exchanger : known.policy().exchangers()) {
        out.value(exchanger);
      }
      out.endArray();
      out.endObject();
    }
    out.endArray();
  }

  @Override
  public Runnable read(JsonReader in, Duration age) throws IOException {
    List<Known> read = new ArrayList<>();
    in.beginArray();
    while (in.hasNext()) {
      Known known = read(in);
      read.add(new Known(known.domain(), known.id(), known.policy(), known.age().plus(age)));
    }
    in.endArray();
    return () -> read.forEach(policies::restore);
  }

  private static Known read(JsonReader in) throws IOException {
    String domain = "";
    String id = "";
    Duration age = Duration.ZERO;
    Duration maxAge = Duration.ZERO;
    String mode = "";
    List<String> exchangers = new ArrayList<>();
    in.beginObject();
    while (in.hasNext()) {
      switch (in.nextName()) {
        case "domain" -> domain = in.nextString();
        case "id" -> id = in.nextString();
        case "age" -> age = Duration.parse(in.nextString());
        case "maxAge" -> maxAge = Duration.parse(in.nextString());
        case "mode" -> mode = in.nextString();
        case "mx" -> {
          in.beginArray();
          while (in.hasNext()) {
            exchangers.add(in.nextString());
          }
          in.endArray();
        }
        default -> in.skipValue();
      }
    }
    in.endObject();
    StsPolicy.Mode of = StsPolicy.Mode.valueOf(mode.toUpperCase(Locale.ROOT));
    return new Known(domain, id, new StsPolicy(of, exchangers, maxAge), age);
  }
}
