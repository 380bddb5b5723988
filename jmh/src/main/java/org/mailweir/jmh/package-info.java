/** Benchmarks: what the gate costs, beside its peers. How to read them: docs/benchmarks.md. */
@NullMarked
package org.mailweir.jmh;

import org.jspecify.annotations.NullMarked;
