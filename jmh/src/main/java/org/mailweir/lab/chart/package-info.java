/** Pictures of results. */
@NullMarked
package org.mailweir.lab.chart;

import org.jspecify.annotations.NullMarked;
