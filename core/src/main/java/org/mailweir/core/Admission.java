package org.mailweir.core;

/** The gate's answer: a {@link Permit} to deliver now, or a {@link Refusal} that says why not. */
public sealed interface Admission permits Permit, Refusal {}
