package org.mailweir.admin;

import java.util.function.Supplier;

/**
 * One figure in the head of the operator's page.
 *
 * @param name what it is, in a word or two
 * @param value asked for at each showing; short
 */
record Figure(String name, Supplier<String> value) {}
