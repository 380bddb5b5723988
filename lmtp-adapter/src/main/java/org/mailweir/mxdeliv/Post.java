package org.mailweir.mxdeliv;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;
import org.mailweir.message.Body;
import org.mailweir.message.Recipient;
import org.mailweir.message.Sender;
import org.mailweir.smtp.SmtpConnection.Results;
import org.mailweir.smtp.StuffedChunks;

/**
 * Posts one message to one host.
 *
 * <p>Thread safety: none; one thread, one message. What ends it is in {@link Ending}.
 */
final class Post {
  private Post() {}

  /** What became of it. */
  sealed interface Outcome {}

  /** Taken for all recipients. */
  record Taken() implements Outcome {}

  /** The host has it, and took it for nobody. */
  record Refused(HttpsAnswer answer) implements Outcome {}

  /** Not all of it was sent. */
  record Failed(String cause) implements Outcome {}

  /** All of it may have been sent, and there was no answer. */
  record Unknown(String cause) implements Outcome {}

  /** There was no leave to send the end of it. */
  record Forbidden() implements Outcome {}

  /** The message itself is gone. */
  record Unreadable() implements Outcome {}

  /** Sends it, and returns what became of it. */
  static Outcome send(
      HttpsHost host,
      Sender sender,
      List<Recipient> recipients,
      Body body,
      long nanosLeft,
      Results results,
      Ending ending) {
    StuffedBody stuffed;
    try {
      stuffed = new StuffedBody(body, results::mayFinish);
    } catch (StuffedChunks.Unreadable gone) {
      return new Unreadable();
    }
    Request request =
        new Request.Builder()
            .url(host.url())
            .headers(Letter.headers(sender, recipients))
            .post(stuffed)
            .build();
    Call call = host.client().newCall(request);
    call.timeout().timeout(Math.max(1, nanosLeft), TimeUnit.NANOSECONDS);
    ending.set(call, call::cancel);
    try (Response response = call.execute()) {
      HttpsAnswer answer = HttpsAnswer.of(response);
      return answer.isTaken() ? new Taken() : new Refused(answer);
    } catch (StuffedBody.Forbidden refused) {
      return new Forbidden();
    } catch (StuffedChunks.Unreadable gone) {
      return new Unreadable();
    } catch (IOException failure) {
      String cause = String.valueOf(failure.getMessage()).replaceAll("[^ -~]", "?");
      return stuffed.isFinished() ? new Unknown(cause) : new Failed(cause);
    } finally {
      ending.clear(call);
    }
  }
}
