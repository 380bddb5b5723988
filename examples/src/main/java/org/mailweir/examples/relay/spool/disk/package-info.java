/** The default spool: each message in a file of its own, and what is to be done in SQLite. */
@NullMarked
package org.mailweir.examples.relay.spool.disk;

import org.jspecify.annotations.NullMarked;
