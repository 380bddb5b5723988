/** The program: command line, configuration, start and stop. */
@NullMarked
package org.mailweir.transport;

import org.jspecify.annotations.NullMarked;
