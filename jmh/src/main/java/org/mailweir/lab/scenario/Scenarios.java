package org.mailweir.lab.scenario;

import java.util.List;
import java.util.Optional;

/** All scenarios. */
public final class Scenarios {
  private Scenarios() {}

  /** Returns all of them. */
  public static List<Scenario> all() {
    return List.of(
        Herds.herd("S1", "20,000 messages for 1 dead domain are flushed", 1),
        Herds.herd("S2", "20,000 messages for 200 dead domains are flushed", 200),
        Herds.herd("S3", "20,000 messages for 5,000 dead domains are flushed", 5000),
        Herds.coldStart(),
        Herds.alreadyActive(),
        Herds.youngHerd(),
        Troubles.networkDown(),
        SlowSites.big(),
        SlowSites.bigCold(),
        Troubles.returning(
            "S6", "a dead site with 5,000 messages returns, and takes 20 connections", false),
        Troubles.returning(
            "S6b", "the same with all messages due at the moment of its return", true),
        Troubles.mix(),
        Herds.bigAndHerd(),
        SlowSites.tenSlow(),
        SlowSites.manyNames(),
        Herds.everNewDead(),
        Troubles.groups());
  }

  /** Returns the one of that name. */
  public static Optional<Scenario> of(String name) {
    return all().stream().filter(scenario -> scenario.name().equals(name)).findFirst();
  }
}
