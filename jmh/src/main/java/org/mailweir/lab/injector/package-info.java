/** Where mail comes from: Postfix with a transport behind it, or a relay with its own queue. */
@NullMarked
package org.mailweir.lab.injector;

import org.jspecify.annotations.NullMarked;
