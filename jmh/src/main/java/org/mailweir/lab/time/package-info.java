/** Virtual time and seeded random numbers: what makes a run repeatable. */
@NullMarked
package org.mailweir.lab.time;

import org.jspecify.annotations.NullMarked;
