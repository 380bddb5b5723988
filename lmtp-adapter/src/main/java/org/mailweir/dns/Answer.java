package org.mailweir.dns;

import java.util.List;
import org.xbill.DNS.Record;

/**
 * What the resolver says of one name and type.
 *
 * @param kind which of the four
 * @param records empty unless {@link Kind#FOUND}
 * @param cause in words, where {@link Kind#FAILED}; else empty
 */
record Answer(Kind kind, List<Record> records, String cause) {
  /** The kinds of an answer. */
  enum Kind {
    FOUND,
    /** The name exists, with no record of this type. */
    NO_DATA,
    NO_SUCH_NAME,
    /** Not known for now. */
    FAILED
  }

  static Answer failed(String cause) {
    return new Answer(Kind.FAILED, List.of(), cause);
  }
}
