package org.mailweir.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The depths do what the benchmark measures. */
final class DepthsPeerTest {
  private static final int PLACES = 7;

  @ParameterizedTest
  @EnumSource
  void hasSoManyPlacesForEachDestinationAndGetsThemBack(DepthsPeer peer) {
    AdmissionControl<?> depths = peer.make(PLACES);
    for (String destination : List.of("a.example", "b.example", "a.example")) {
      assertThat(enterAndLeave(depths, destination)).isEqualTo(PLACES);
    }
  }

  private static <P> int enterAndLeave(AdmissionControl<P> depths, String destination) {
    List<P> places = new ArrayList<>();
    for (P place = depths.tryAdmit(destination);
        place != null && places.size() <= PLACES;
        place = depths.tryAdmit(destination)) {
      places.add(place);
    }
    places.forEach(place -> depths.settle(place, true));
    return places.size();
  }
}
