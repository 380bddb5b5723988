/** Tests of the default spool. */
@NullMarked
package org.mailweir.examples.relay.spool.disk;

import org.jspecify.annotations.NullMarked;
