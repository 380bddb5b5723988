package org.mailweir.lab.policy;

import org.mailweir.lab.measure.Recorder;
import org.mailweir.lab.time.Seeds;
import org.mailweir.lab.time.VirtualTime;
import org.mailweir.lab.world.World;

/**
 * What a policy works with.
 *
 * @param clients M: how many messages it may be handed at once
 */
public record Bench(VirtualTime time, World world, Recorder recorder, Seeds seeds, int clients) {}
