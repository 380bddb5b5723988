/**
 * A world of mail on the loopback network, for tests: a name server, mail hosts of every temper,
 * black holes, and a client that hands in mail over LMTP as Postfix does. Every address of
 * 127.0.0.0/8 is local, so each host has an address of its own, and all of them share one port.
 */
@NullMarked
package org.mailweir.loopback;

import org.jspecify.annotations.NullMarked;
