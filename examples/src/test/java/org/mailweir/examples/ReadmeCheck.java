package org.mailweir.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Holds a README against the checkout around it: code that it quotes is in the file that the
 * comment above the quotation names, and what it names exists.
 */
final class ReadmeCheck {
  private static final Pattern SOURCE = Pattern.compile("<!-- from (\\S+) -->");
  private static final Pattern LINK =
      Pattern.compile("\\]\\(([^)\\s]+)\\)|(?:src|srcset|href)=\"([^\"\\s]+)\"");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** A relative path of two names or more; not part of an address, an option or a longer path. */
  private static final Pattern PATH =
      Pattern.compile("(?<![\\w./:@=-])(?:\\./)?[\\w.-]*\\w(?:/[\\w.-]*\\w)+/?(?![\\w/:*])");

  private static final Pattern TEST = Pattern.compile("-Dtest='?(\\w+)");

  private final Path root;
  private final List<String> complaints = new ArrayList<>();
  private int quotations;

  ReadmeCheck(Path root) throws IOException {
    this.root = root;
    read(Files.readAllLines(root.resolve("README.md")));
  }

  /** Returns what is wrong, one line each, with the line of the README. */
  List<String> complaints() {
    return complaints;
  }

  /** Returns how many blocks are quoted from files. */
  int quotations() {
    return quotations;
  }

  private void read(List<String> lines) throws IOException {
    String source = "";
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      Matcher from = SOURCE.matcher(line);
      if (from.find()) {
        source = from.group(1);
      } else if (line.startsWith("```")) {
        int end = endOfBlock(lines, i + 1);
        List<String> block = lines.subList(i + 1, end);
        block(line.substring(3).strip(), source, block, i + 2);
        source = "";
        i = end;
      } else if (!line.isBlank()) {
        if (!source.isEmpty()) {
          complain(i + 1, "after the comment that names " + source + " no block follows");
          source = "";
        }
        prose(line, i + 1);
      }
    }
  }

  private int endOfBlock(List<String> lines, int start) {
    for (int i = start; i < lines.size(); i++) {
      if (lines.get(i).startsWith("```")) {
        return i;
      }
    }
    complain(start, "the block does not end");
    return lines.size();
  }

  private void block(String language, String source, List<String> block, int at)
      throws IOException {
    if (!source.isEmpty()) {
      quotations++;
      quotation(source, block, at);
    } else if (language.equals("java")) {
      complain(at, "no comment <!-- from FILE --> says where this code is from");
    } else {
      for (int i = 0; i < block.size(); i++) {
        code(block.get(i), at + i);
      }
    }
  }

  /** Looks for the place in the file that has most of the block's first lines. */
  private void quotation(String source, List<String> block, int at) throws IOException {
    Path file = root.resolve(source);
    if (!Files.isRegularFile(file)) {
      complain(at - 2, "there is no " + source);
      return;
    }
    if (block.stream().allMatch(String::isBlank)) {
      complain(at, "nothing is quoted");
      return;
    }
    List<String> text = Files.readAllLines(file);
    List<String> wanted = block.stream().map(line -> indented(line, indent(block))).toList();
    int most = -1;
    int best = 0;
    for (int start = 0; start < text.size(); start++) {
      int end = Math.min(start + wanted.size(), text.size());
      int indent = indent(text.subList(start, end));
      int same = 0;
      while (same < end - start
          && wanted.get(same).equals(indented(text.get(start + same), indent))) {
        same++;
      }
      if (same > most) {
        most = same;
        best = start;
      }
    }
    if (most < wanted.size()) {
      int there = best + most;
      complain(
          at + most,
          "differs from %s:%d%n  README.md has: %s%n  the file has:  %s"
              .formatted(
                  source,
                  there + 1,
                  block.get(most).strip(),
                  there < text.size() ? text.get(there).strip() : "(its end)"));
    }
  }

  private static int indent(List<String> lines) {
    return lines.stream()
        .filter(line -> !line.isBlank())
        .mapToInt(line -> line.length() - line.stripLeading().length())
        .min()
        .orElse(0);
  }

  private static String indented(String line, int indent) {
    return line.isBlank() ? "" : line.substring(indent).stripTrailing();
  }

  private void prose(String line, int at) throws IOException {
    for (Matcher link = LINK.matcher(line); link.find(); ) {
      String target = link.group(1) != null ? link.group(1) : link.group(2);
      String path = target.replaceFirst("#.*", "");
      if (!path.isEmpty() && !target.contains(":")) {
        exists(path, at);
      }
    }
    for (Matcher span = CODE.matcher(line); span.find(); ) {
      code(span.group(1), at);
    }
  }

  private void code(String code, int at) throws IOException {
    for (Matcher path = PATH.matcher(code); path.find(); ) {
      exists(path.group(), at);
    }
    for (Matcher test = TEST.matcher(code); test.find(); ) {
      String file = test.group(1) + ".java";
      try (Stream<Path> files = Files.walk(root)) {
        if (files.noneMatch(found -> found.endsWith(file))) {
          complain(at, "there is no test " + test.group(1));
        }
      }
    }
  }

  /** What the build makes is not there before it: of that, the module has to be. */
  private void exists(String path, int at) {
    int target = (path + "/").indexOf("/target/");
    String source = target < 0 ? path : path.substring(0, target) + "/pom.xml";
    if (!Files.exists(root.resolve(source))) {
      complain(at, "there is no " + source);
    }
  }

  private void complain(int line, String what) {
    complaints.add("README.md:" + line + ": " + what);
  }
}
