package org.mailweir.examples.relay.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;

class PlainTest {
  private static final String EVIL = "a\u001b[2Jb\u0007\u009bc\u202ed\u007f";

  @Test
  void leavesNothingThatATerminalObeys() {
    assertThat(Plain.text(EVIL + "\n")).isEqualTo("a?[2Jb??c?d?");
    assertThat(Plain.text("x".repeat(3000))).hasSize(2000);
  }

  @Test
  void keepsTheMeaningOfJson() {
    String json = Reports.JSON.toJson(new Reports.To(EVIL, "ok"));
    String plain = Plain.json(json);
    assertThat(plain).doesNotContainPattern("[\\p{Cntrl}\\p{Cf}&&[^\n]]");
    assertThat(JsonParser.parseString(plain)).isEqualTo(JsonParser.parseString(json));
  }
}
