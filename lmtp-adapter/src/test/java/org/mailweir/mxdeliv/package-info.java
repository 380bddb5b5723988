@org.jspecify.annotations.NullMarked
package org.mailweir.mxdeliv;
