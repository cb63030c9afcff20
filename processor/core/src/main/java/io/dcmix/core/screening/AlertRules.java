package io.dcmix.core.screening;

import java.time.Duration;

/**
 * When a person is told.
 *
 * @param zPrime Z′ below it is an alert
 * @param minControls controls of each kind before that is said, so that the first wells of a plate raise nothing; at least 2
 * @param channelWells wells that must show a bad channel...
 * @param channelShare ... and the share of the plate's results that they must be, 0 to 1
 * @param swapWells wells that must have a channel's brightness of another, and that must not, for the two to look exchanged
 * @param failureWells wells that must fail...
 * @param failureShare ... and the share of the wells seen that they must be, 0 to 1
 * @param edgeEffect edge effect beyond which, up or down, the edge differs
 * @param silence how long a started acquisition may bring nothing
 */
public record AlertRules(
    double zPrime, int minControls, int channelWells, double channelShare, int swapWells, int failureWells, double failureShare,
    double edgeEffect, Duration silence) {
  public static final AlertRules DEFAULT = new AlertRules(0, 4, 3, 0.05, 3, 3, 0.05, 1, Duration.ofMinutes(10));
}
