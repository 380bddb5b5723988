/** What a run shows: counted while it runs, worked out at its end. */
@NullMarked
package org.mailweir.lab.measure;

import org.jspecify.annotations.NullMarked;
