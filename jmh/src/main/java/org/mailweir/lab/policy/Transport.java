package org.mailweir.lab.policy;

/** A policy that delivers while the client waits; whatever it does not deliver is Postfix's. */
public non-sealed interface Transport extends Policy {
  /** Takes a message; each of its letters is answered sooner or later. */
  void take(Handover handover);
}
