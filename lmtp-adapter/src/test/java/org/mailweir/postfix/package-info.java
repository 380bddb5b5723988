/** A private, real Postfix for tests: own configuration, queue, log and ports; nothing shared. */
@NullMarked
package org.mailweir.postfix;

import org.jspecify.annotations.NullMarked;
