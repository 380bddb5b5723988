/**
 * Ties the three ends together: one LMTP transaction, admitted by the gate, delivered over SMTP.
 */
@NullMarked
package org.mailweir.delivery;

import org.jspecify.annotations.NullMarked;
