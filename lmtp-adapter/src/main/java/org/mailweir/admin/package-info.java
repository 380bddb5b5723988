/** The operator's view over HTTP: health, metrics, destinations. */
@NullMarked
package org.mailweir.admin;

import org.jspecify.annotations.NullMarked;
