/** Messages, and what becomes of them. */
@NullMarked
package org.mailweir.lab.mail;

import org.jspecify.annotations.NullMarked;
