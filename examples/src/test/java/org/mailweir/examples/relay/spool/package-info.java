/** The conformance kit of a spool, a spool in memory for tests of others, and crash tests. */
@NullMarked
package org.mailweir.examples.relay.spool;

import org.jspecify.annotations.NullMarked;
