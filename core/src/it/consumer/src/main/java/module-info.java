/** A program that uses each part of Mailweir's core once. */
module org.mailweir.consumer {
  requires org.mailweir.core;
}
