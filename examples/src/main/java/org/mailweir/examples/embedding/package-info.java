/**
 * Four small programs that embed the gate: one thread per delivery ({@link
 * org.mailweir.examples.embedding.BlockingEmbedding}), an event loop ({@link
 * org.mailweir.examples.embedding.AsyncEmbedding}), a queue of its own ({@link
 * org.mailweir.examples.embedding.RetryingEmbedding}), and a queue that is left to a backlog
 * ({@link org.mailweir.examples.embedding.BacklogEmbedding}). They need {@code mailweir-core} only;
 * {@link org.mailweir.examples.embedding.SimulatedSmtp} stands for the SMTP client.
 */
@NullMarked
package org.mailweir.examples.embedding;

import org.jspecify.annotations.NullMarked;
