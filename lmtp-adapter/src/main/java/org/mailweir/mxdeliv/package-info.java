/**
 * Delivery over HTTPS, as chatmail relays take it: a way around blocked ports 25, tried before
 * SMTP. A connector like that of {@code smtp}, around it.
 */
@NullMarked
package org.mailweir.mxdeliv;

import org.jspecify.annotations.NullMarked;
