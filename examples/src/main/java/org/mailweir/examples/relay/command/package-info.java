/** The program {@code relay}: its command line and its start. */
@NullMarked
package org.mailweir.examples.relay.command;

import org.jspecify.annotations.NullMarked;
