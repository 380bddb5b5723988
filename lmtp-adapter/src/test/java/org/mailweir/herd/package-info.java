/**
 * The whole transport between many LMTP clients and a world of mail hosts on loopback, dead and
 * alive.
 */
package org.mailweir.herd;
