package org.mailweir.admin;

/** One part of the operator's page, below the gate's own. */
@FunctionalInterface
public interface Section {
  /** Writes it, heading included: an {@code h2}, and as much as a person reads. */
  void write(Html html);
}
