/** What is played: mail, hosts and their fates, and what is expected of a good policy. */
@NullMarked
package org.mailweir.lab.scenario;

import org.jspecify.annotations.NullMarked;
