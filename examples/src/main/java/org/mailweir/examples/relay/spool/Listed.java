package org.mailweir.examples.relay.spool;

import java.util.List;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;

/**
 * An entry as an operator sees it.
 *
 * @param size of the body in bytes
 * @param recipients those that still wait
 */
public record Listed(
    Entry entry,
    String queueId,
    Sender sender,
    List<Recipient> recipients,
    long size,
    String lastReply) {}
