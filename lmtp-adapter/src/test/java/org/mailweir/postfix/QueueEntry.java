package org.mailweir.postfix;

import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message in Postfix's queue, as {@code postqueue -j} lists it.
 *
 * @param queueName incoming, active, deferred or hold
 * @param queueId its id
 * @param arrivalTime seconds since 1970
 * @param sender the reverse path
 * @param recipients those that it was not delivered to yet
 */
public record QueueEntry(
    @SerializedName("queue_name") String queueName,
    @SerializedName("queue_id") String queueId,
    @SerializedName("arrival_time") long arrivalTime,
    String sender,
    List<Undelivered> recipients) {
  private static final Gson GSON = new Gson();

  /**
   * A recipient that the message was not delivered to yet.
   *
   * @param delayReason why not; absent before the first attempt
   */
  public record Undelivered(
      String address, @SerializedName("delay_reason") @Nullable String delayReason) {}

  static QueueEntry parse(String json) {
    return GSON.fromJson(json, QueueEntry.class);
  }
}
