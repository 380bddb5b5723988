/** Writes the tables of docs/benchmarks.md from the results that JMH wrote. */
@NullMarked
package org.mailweir.jmh.tables;

import org.jspecify.annotations.NullMarked;
