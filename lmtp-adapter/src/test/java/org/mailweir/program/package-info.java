/** The transport as users run it: a program in a process of its own. */
package org.mailweir.program;
