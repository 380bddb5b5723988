package org.mailweir.lab.command;

import java.util.List;
import org.mailweir.lab.policy.Policies;

/**
 * A policy and the clients that it is given.
 *
 * @param clients M
 */
record Row(Policies policy, int clients) {
  /** What is compared if nothing is chosen. */
  static final List<Row> ALL =
      List.of(
          new Row(Policies.NONE, 1000),
          new Row(Policies.NONE, 500),
          new Row(Policies.NONE, 100),
          new Row(Policies.FILTERMAIL, 500),
          new Row(Policies.BULKHEAD, 100),
          new Row(Policies.BREAKER, 100),
          new Row(Policies.AIMD, 100),
          new Row(Policies.JAMES, 100),
          new Row(Policies.MAILWEIR_ALONE, 100),
          new Row(Policies.MAILWEIR, 100),
          new Row(Policies.MAILWEIR, 50),
          new Row(Policies.MAILWEIR_RELAY, 100));
}
