/**
 * The herd, shown: a transport between LMTP clients and a world of mail hosts on loopback, once
 * without the gate and once with it, with a live picture, a table and a chart.
 */
@NullMarked
package org.mailweir.examples.herd;

import org.jspecify.annotations.NullMarked;
