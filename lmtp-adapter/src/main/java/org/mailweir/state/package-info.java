/** What is known of the world, kept in a file over restarts. */
@NullMarked
package org.mailweir.state;

import org.jspecify.annotations.NullMarked;
