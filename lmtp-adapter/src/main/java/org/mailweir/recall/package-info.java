/**
 * Calls refused mail back through Postfix's flush service once its destination takes mail again, at
 * the pace that the gate has room for.
 */
@NullMarked
package org.mailweir.recall;

import org.jspecify.annotations.NullMarked;
