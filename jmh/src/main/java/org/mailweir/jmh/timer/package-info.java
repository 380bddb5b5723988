/** Timers beside each other: what it costs to plan, to cancel and to fire. */
@NullMarked
package org.mailweir.jmh.timer;

import org.jspecify.annotations.NullMarked;
