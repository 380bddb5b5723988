/** The laboratory on the command line. */
@NullMarked
package org.mailweir.lab.command;

import org.jspecify.annotations.NullMarked;
