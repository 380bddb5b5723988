/** Models of mail hosts, and of the network between them and us. */
@NullMarked
package org.mailweir.lab.world;

import org.jspecify.annotations.NullMarked;
