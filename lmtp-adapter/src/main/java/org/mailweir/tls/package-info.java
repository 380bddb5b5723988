/** TLS towards mail exchangers: which certificates are good enough. */
@NullMarked
package org.mailweir.tls;

import org.jspecify.annotations.NullMarked;
