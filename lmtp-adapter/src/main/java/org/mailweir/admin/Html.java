package org.mailweir.admin;

import com.google.common.escape.Escaper;
import com.google.common.html.HtmlEscapers;
import java.time.Instant;

/**
 * A page under construction. What others said, remote hosts and clients, goes through {@link #text}
 * or {@link #words}: it cannot become markup, move the text around it, or be longer than a
 * paragraph.
 *
 * <p>Thread safety: none; each page is written by one thread.
 */
public final class Html {
  private static final Escaper ESCAPER = HtmlEscapers.htmlEscaper();
  private static final int LONGEST = 400;

  private final StringBuilder out = new StringBuilder(16_384);

  Html() {}

  /** Writes markup of our own as it is. */
  public Html markup(String trusted) {
    out.append(trusted);
    return this;
  }

  /** Writes a number, or words of any origin; those of more than 400 characters are cut. */
  public Html text(Object anything) {
    String text = String.valueOf(anything);
    boolean cut = text.length() > LONGEST;
    String shown = cut ? text.substring(0, LONGEST) : text;
    out.append(ESCAPER.escape(shown.replaceAll("\\p{Cntrl}", " ")));
    if (cut) {
      out.append("...");
    }
    return this;
  }

  /** Writes words of others, whose direction of writing stays their own. */
  public Html words(Object anything) {
    return markup("<bdi>").text(anything).markup("</bdi>");
  }

  /** Writes how far away a time is, with the time itself where one looks closer. */
  public Html time(Instant time, String distance) {
    return markup("<time datetime=\"")
        .text(time)
        .markup("\" title=\"")
        .text(time)
        .markup("\">")
        .text(distance)
        .markup("</time>");
  }

  /** Begins a cell of a table, with the heading that it has where the table is too wide. */
  public Html cell(String heading, boolean number) {
    return markup("<td data-head=\"").text(heading).markup(number ? "\" class=\"number\">" : "\">");
  }

  /** Writes a cell with nothing but a number. */
  public Html number(String heading, Object number) {
    return cell(heading, true).text(number).markup("</td>");
  }

  /** Returns the page. */
  @Override
  public String toString() {
    return out.toString();
  }
}
