/** Embedded stores beside each other, each durable and with group commit. */
@NullMarked
package org.mailweir.stores;

import org.jspecify.annotations.NullMarked;
