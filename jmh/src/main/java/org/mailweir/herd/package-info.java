/**
 * Herds in virtual time: the production gate behind a model of Postfix and in front of models of
 * destinations. Only the clock and the I/O are simulated; one seed, one result.
 */
@NullMarked
package org.mailweir.herd;

import org.jspecify.annotations.NullMarked;
