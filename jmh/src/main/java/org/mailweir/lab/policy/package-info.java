/**
 * Who decides what is delivered when: Mailweir's gate, and what one would use in its place, behind
 * one small interface.
 */
@NullMarked
package org.mailweir.lab.policy;

import org.jspecify.annotations.NullMarked;
