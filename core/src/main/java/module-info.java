/**
 * Queue-scheduling and backpressure primitives for mail transports; all of them are in {@link
 * org.mailweir.core}.
 */
module org.mailweir.core {
  requires org.jctools.core;
  requires static org.jspecify; // annotations only

  exports org.mailweir.core;
}
