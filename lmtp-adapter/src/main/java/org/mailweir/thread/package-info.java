/** Threads: virtual ones where the JVM has them. */
@NullMarked
package org.mailweir.thread;

import org.jspecify.annotations.NullMarked;
