package org.mailweir.lmtp;

import org.mailweir.message.Reply;

/** The server's own replies, with enhanced status codes (RFC 2034, RFC 3463). */
final class Replies {
  static final Reply OK = new Reply(250, "2.0.0", "Ok");
  static final Reply SENDER_OK = new Reply(250, "2.1.0", "Ok");
  static final Reply BYE = new Reply(221, "2.0.0", "Bye");
  static final Reply CANNOT_VERIFY = new Reply(252, "2.0.0", "Cannot verify, send some mail");
  static final Reply SEND_BODY = new Reply(354, "", "End data with <CR><LF>.<CR><LF>");

  static final Reply UNKNOWN_COMMAND = new Reply(500, "5.5.2", "Command not recognized");
  static final Reply NO_EXPN = new Reply(502, "5.5.1", "There are no lists to expand");
  static final Reply TOO_LONG = new Reply(500, "5.5.2", "Line too long, closing");
  static final Reply BAD_ARGUMENT = new Reply(501, "5.5.4", "Syntax error in the arguments");
  static final Reply BAD_PARAMETER = new Reply(501, "5.5.4", "Syntax error in a parameter");
  static final Reply UNKNOWN_PARAMETER = new Reply(555, "5.5.4", "Parameter not recognized");
  static final Reply MAIL_FIRST = new Reply(503, "5.5.1", "Need MAIL command");
  static final Reply NESTED_MAIL = new Reply(503, "5.5.1", "Nested MAIL command");
  static final Reply IN_TRANSACTION = new Reply(503, "5.5.1", "Not while a message is under way");
  static final Reply NOT_ASCII =
      new Reply(553, "5.6.7", "A non-ASCII address needs SMTPUTF8 at MAIL");
  static final Reply TOO_MANY_ERRORS = new Reply(421, "4.7.0", "Too many errors, closing");
  static final Reply IDLE = new Reply(421, "4.4.2", "Waited too long for input, closing");

  static final Reply TOO_MANY_RECIPIENTS = new Reply(452, "4.5.3", "Too many recipients");
  static final Reply NO_ROOM = new Reply(452, "4.3.1", "No room for the message now, try later");
  static final Reply TOO_LARGE = new Reply(552, "5.3.4", "Message is larger than the limit");
  static final Reply BARE_LINE_END =
      new Reply(550, "5.6.0", "Message has a CR or LF that is not part of CRLF");
  static final Reply INTERNAL = new Reply(451, "4.3.0", "Internal error, try later");
  static final Reply STOPPING = new Reply(451, "4.3.2", "Shutting down, try later");

  private Replies() {}
}
