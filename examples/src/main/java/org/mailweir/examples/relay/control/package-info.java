/** What an operator sees and does of a running relay: its HTTP side and its commands. */
@NullMarked
package org.mailweir.examples.relay.control;

import org.jspecify.annotations.NullMarked;
