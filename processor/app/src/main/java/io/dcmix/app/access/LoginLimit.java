package io.dcmix.app.access;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Map.Entry;

/**
 * Slows down whoever guesses passwords. After some free failures every further one doubles the wait from a second on:
 *
 * <ul>
 *   <li>of one user from one address, 5 free, up to 15 minutes;
 *   <li>of all users from one address, and of one user from all addresses, 20 free, up to a minute: that stops guessing from many
 *       places and locks nobody out for long. Behind a proxy all have one address, so that there the first rule is of a user, too.
 * </ul>
 *
 * Failures are forgotten a quarter of an hour after the wait. The table is bounded; the longest untouched are given up first.
 *
 * <p>Threading: safe for any thread.
 */
public final class LoginLimit {
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(15);
  private static final int MAX_NAME = 64;

  private record Rule(int free, Duration longest) {
    Duration wait(int failures) {
      int doublings = failures - free - 1;
      Duration wait = FIRST_WAIT.multipliedBy(1L << Math.clamp(doublings, 0, 20));
      return doublings < 0 ? Duration.ZERO : wait.compareTo(longest) < 0 ? wait : longest;
    }
  }

  private static final Rule OF_BOTH = new Rule(5, Duration.ofMinutes(15));
  private static final Rule OF_ONE = new Rule(20, Duration.ofMinutes(1));

  private record Failures(int count, Instant until) {}

  private final InstantSource clock;
  private final int capacity;
  private final LinkedHashMap<String, Failures> table = new LinkedHashMap<>(16, 0.75f, true); // guarded by this

  /** @param capacity most rows of the table; an attempt takes three */
  public LoginLimit(InstantSource clock, int capacity) {
    this.clock = clock;
    this.capacity = capacity;
  }

  /**
   * Asks to try a password. The attempt counts as failed until {@link #succeeded}, so that many at once gain nothing.
   *
   * @return zero if it may be tried, else how long to wait first
   */
  public synchronized Duration attempt(String name, InetAddress address) {
    Instant now = clock.instant();
    Map<String, Rule> keys = keys(name, address);
    Duration wait = keys.keySet().stream().map(key -> Duration.between(now, known(key, now).until())).max(Duration::compareTo).orElseThrow();
    if (wait.isPositive()) {
      return wait;
    }
    keys.forEach((key, rule) -> {
      int count = known(key, now).count() + 1;
      table.put(key, new Failures(count, now.plus(rule.wait(count))));
    });
    while (table.size() > capacity) {
      table.pollFirstEntry();
    }
    return Duration.ZERO;
  }

  /** The attempt was right. What else came from the address stays counted. */
  public synchronized void succeeded(String name, InetAddress address) {
    Instant now = clock.instant();
    keys(name, address).entrySet().stream().map(Entry::getKey).forEach(key -> {
      Failures counted = known(key, now);
      if (key.startsWith("address ")) {
        table.put(key, new Failures(Math.max(0, counted.count() - 1), now));
      } else {
        table.remove(key);
      }
    });
  }

  /** The attempt was not made after all; what was counted before it stays. */
  public synchronized void withdrawn(String name, InetAddress address) {
    Instant now = clock.instant();
    keys(name, address).keySet().forEach(key -> {
      Failures counted = known(key, now);
      table.put(key, new Failures(Math.max(0, counted.count() - 1), counted.until()));
    });
  }

  /** Rows of the table. */
  synchronized int size() {
    return table.size();
  }

  private Failures known(String key, Instant now) {
    Failures failures = table.get(key);
    return failures == null || failures.until().plus(FORGOTTEN_AFTER).isBefore(now) ? new Failures(0, now) : failures;
  }

  private static Map<String, Rule> keys(String name, InetAddress address) {
    String user = name.substring(0, Math.min(name.length(), MAX_NAME));
    String place = place(address);
    return Map.of("both " + place + ' ' + user, OF_BOTH, "address " + place, OF_ONE, "user " + user, OF_ONE);
  }

  /** IPv6 gives whole networks to one customer: there it is the first 64 bits. */
  private static String place(InetAddress address) {
    byte[] bytes = address.getAddress();
    return HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, 8)));
  }
}
