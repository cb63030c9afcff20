package io.dcmix.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.scoring.PlanePointer;
import io.dcmix.core.scoring.PlaneSource.SourceExpiredException;
import io.dcmix.schema.event.FailureReason;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a payload is waited for, and how many at once. Time passes only where the source sleeps. */
@Timeout(60)
class ReferenceSourceTest {
  private static final byte[] IMAGE = {1, 2, 3, 4};
  private static final PlanePointer POINTER = new PlanePointer.AtUri("file:///share/a.tif", IMAGE.length, sha256(IMAGE));
  private static final References CONFIG = References.NONE;

  private final List<Duration> pauses = new ArrayList<>();
  private final AtomicInteger attempts = new AtomicInteger();
  private long now;
  private double chance = 1;

  /** What is at the place, this many nanoseconds after the beginning. */
  private interface Share {
    byte[] at(long nanos) throws IOException, RefusedReferenceException;
  }

  private ReferenceSource source(Share share) {
    return source(CONFIG, (uri, size) -> {
      attempts.incrementAndGet();
      return ByteBuffer.wrap(share.at(now));
    });
  }

  private ReferenceSource source(References config, Fetch fetch) {
    Time time = new Time() {
      @Override
      public long nanos() {
        return now;
      }

      @Override
      public void sleep(Duration pause) {
        pauses.add(pause);
        now += pause.toNanos();
      }
    };
    return new ReferenceSource(List.of(resolver(fetch)), config, time, () -> chance);
  }

  private interface Fetch {
    ByteBuffer fetch(URI uri, int size) throws IOException, RefusedReferenceException;
  }

  private static PayloadResolver resolver(Fetch fetch) {
    return new PayloadResolver() {
      @Override
      public String scheme() {
        return "file";
      }

      @Override
      public ByteBuffer fetch(URI uri, int size) throws IOException, RefusedReferenceException {
        return fetch.fetch(uri, size);
      }
    };
  }

  private static SourceExpiredException failure(ReferenceSource source, PlanePointer pointer) {
    try {
      source.read(pointer);
    } catch (SourceExpiredException e) {
      return e;
    }
    throw new AssertionError("The payload was read");
  }

  private Duration waited() {
    return pauses.stream().reduce(Duration.ZERO, Duration::plus);
  }

  // ---- retries ----

  @Test
  void shouldReadWhatIsThereAtOnce() throws Exception {
    assertThat(source(nanos -> IMAGE).read(POINTER)).isEqualTo(ByteBuffer.wrap(IMAGE));
    assertThat(attempts).hasValue(1);
    assertThat(pauses).isEmpty();
  }

  @Test
  void shouldDoubleItsPausesUpToFiveSecondsAndShortenThemByChance() {
    source(nanos -> {
      throw new IOException("there is no such file");
    });
    assertThat(List.of(1, 2, 3, 4, 5, 6, 7, 100).stream().map(n -> BackOff.after(n, 1).toMillis()))
        .containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L);
    assertThat(BackOff.after(2, 0)).hasMillis(100);
    assertThat(BackOff.after(2, 0.5)).hasMillis(150);
  }

  @Test
  void shouldWaitForAFileThatIsLate() throws Exception {
    long late = Duration.ofSeconds(7).toNanos();
    ReferenceSource source = source(nanos -> {
      if (nanos < late) {
        throw new IOException("there is no such file");
      }
      return IMAGE;
    });
    assertThat(source.read(POINTER)).isEqualTo(ByteBuffer.wrap(IMAGE));
    assertThat(pauses).extracting(Duration::toMillis).containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 5000L);
  }

  @Test
  void shouldWaitForAFileThatIsHalfWritten() throws Exception {
    long done = Duration.ofSeconds(1).toNanos();
    assertThat(source(nanos -> nanos < done ? new byte[IMAGE.length] : IMAGE).read(POINTER)).isEqualTo(ByteBuffer.wrap(IMAGE));
    assertThat(attempts).hasValue(5);
  }

  @Test
  void shouldTryOnceMoreAtTheDeadlineAndThenSayWhatWasWrong() {
    SourceExpiredException e = failure(source(nanos -> {
      throw new IOException("there is no such file");
    }), POINTER);
    assertThat(e.reason()).isEqualTo(FailureReason.SOURCE_EXPIRED);
    assertThat(e).hasMessageContainingAll("file:///share/a.tif", "PT30S", "there is no such file", "attempts: " + attempts.get());
    assertThat(waited()).isEqualTo(Duration.ofSeconds(30));
    assertThat(attempts.get()).isEqualTo(pauses.size() + 1);
  }

  @Test
  void shouldFindAFileThatComesAtTheLastMoment() throws Exception {
    long deadline = CONFIG.deadline().toNanos();
    chance = 0.3;
    assertThat(source(nanos -> {
      if (nanos < deadline) {
        throw new IOException("there is no such file");
      }
      return IMAGE;
    }).read(POINTER)).isEqualTo(ByteBuffer.wrap(IMAGE));
  }

  @Test
  void shouldNotGiveOutOtherBytesOfTheSameSize() {
    byte[] other = {1, 2, 3, 5};
    SourceExpiredException e = failure(source(nanos -> other), POINTER);
    assertThat(e.reason()).isEqualTo(FailureReason.SOURCE_EXPIRED);
    assertThat(e).hasMessageContainingAll(sha256(other), sha256(IMAGE));
    assertThat(waited()).as("it may have been half written").isEqualTo(CONFIG.deadline());
  }

  // ---- refusals ----

  @Test
  void shouldRefuseAtOnceWhatMustNotBeRead() {
    SourceExpiredException e = failure(source(nanos -> {
      throw new RefusedReferenceException("file:///share/a.tif lies outside");
    }), POINTER);
    assertThat(e.reason()).isEqualTo(FailureReason.REFERENCE_REFUSED);
    assertThat(e).hasMessage("file:///share/a.tif lies outside");
    assertThat(attempts).hasValue(1);
    assertThat(pauses).isEmpty();
  }

  @Test
  void shouldRefuseAtOnceWhatItHasNoResolverForOrIsNoReference() {
    ReferenceSource source = source(nanos -> IMAGE);
    for (PlanePointer wrong : List.of(
        new PlanePointer.AtUri("s3://bucket/a.tif", 4, sha256(IMAGE)), new PlanePointer.AtUri("file:///a", 0, sha256(IMAGE)), new PlanePointer.AtUri("file:///a", 4, ""))) {
      assertThat(failure(source, wrong).reason()).isEqualTo(FailureReason.REFERENCE_REFUSED);
    }
    assertThat(attempts).hasValue(0);
    assertThatThrownBy(() -> source.read(new PlanePointer.InTopic("id", 0, 0, 4, sha256(IMAGE)))).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldRefuseAllFilesUntilAFolderIsAllowed() {
    SourceExpiredException e = failure(ReferenceSource.of(References.NONE), POINTER);
    assertThat(e.reason()).isEqualTo(FailureReason.REFERENCE_REFUSED);
    assertThat(e).hasMessageContainingAll("file:///share/a.tif", "--reference-root");
  }

  @Test
  void shouldRefuseAllObjectsUntilABucketIsAllowed() {
    SourceExpiredException e = failure(ReferenceSource.of(References.NONE), new PlanePointer.AtUri("s3://bucket/a.tif", 4, sha256(IMAGE)));
    assertThat(e.reason()).isEqualTo(FailureReason.REFERENCE_REFUSED);
    assertThat(e).hasMessageContainingAll("s3://bucket/a.tif", "--reference-s3");
  }

  @Test
  void shouldNotMistakeADefectForALatePayload() {
    ReferenceSource source = source(nanos -> {
      throw new IllegalStateException("a defect");
    });
    assertThatThrownBy(() -> source.read(POINTER)).isInstanceOf(IllegalStateException.class).hasRootCauseMessage("a defect");
    assertThat(attempts).hasValue(1);
  }

  // ---- bounds ----

  @Test
  void shouldFetchAsManyAtOnceAsAllowedAndNoMore() throws Exception {
    Crowd crowd = new Crowd(3);
    ReferenceSource source = source(new References(List.of(), List.of(), CONFIG.deadline(), 3, CONFIG.bytes()), (uri, size) -> crowd.meet(ByteBuffer.wrap(IMAGE)));
    readMany(60, () -> source.read(POINTER));
    assertThat(crowd.most).as("the barrier needs three at once to let any go").hasValue(3);
  }

  @Test
  void shouldHoldNoMorePayloadsUntilTheirUseEndsThanMemoryIsAllowed() throws Exception {
    byte[] image = new byte[100_000];
    PlanePointer pointer = new PlanePointer.AtUri("file:///share/a.tif", image.length, sha256(image));
    Crowd crowd = new Crowd(2);
    ReferenceSource source = source(new References(List.of(), List.of(), CONFIG.deadline(), 50, 250_000), (uri, size) -> ByteBuffer.wrap(image));
    readMany(60, () -> source.read(pointer, crowd::meet));
    assertThat(crowd.most).as("two of 100 kB fit in 250 kB").hasValue(2);
  }

  @Test
  void shouldNotLetFilesThatAreLateHoldUpTheOthers() throws Exception {
    CountDownLatch other = new CountDownLatch(1);
    References one = new References(List.of(), List.of(), CONFIG.deadline(), 1, 4096);
    Time time = new Time() {
      @Override
      public long nanos() {
        return 0;
      }

      @Override
      public void sleep(Duration pause) throws InterruptedException {
        assertThat(other.await(30, TimeUnit.SECONDS)).as("the other was read while this one pauses").isTrue();
      }
    };
    ReferenceSource source = new ReferenceSource(List.of(resolver((uri, size) -> {
      if (uri.getPath().equals("/share/late.tif") && other.getCount() > 0) {
        throw new IOException("there is no such file");
      }
      return ByteBuffer.wrap(IMAGE);
    })), one, time, () -> 1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<ByteBuffer> late = threads.submit(() -> source.read(new PlanePointer.AtUri("file:///share/late.tif", IMAGE.length, sha256(IMAGE))));
      assertThat(source.read(POINTER)).isEqualTo(ByteBuffer.wrap(IMAGE));
      other.countDown();
      assertThat(late.get(30, TimeUnit.SECONDS)).isEqualTo(ByteBuffer.wrap(IMAGE));
    }
  }

  @Test
  void shouldGiveBackWhatAFailedUseHeld() throws Exception {
    ReferenceSource source = source(new References(List.of(), List.of(), CONFIG.deadline(), 1, 4096), (uri, size) -> ByteBuffer.wrap(IMAGE));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> source.read(POINTER, payload -> {
        throw new IOException("the use fails");
      })).isInstanceOf(IOException.class).hasMessage("the use fails");
    }
    assertThat(source.read(POINTER)).isEqualTo(ByteBuffer.wrap(IMAGE));
  }

  @Test
  void shouldGiveUpOnAShareThatHangsAndOnWhatQueuesBehindItUntilItAnswers() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    References impatient = new References(List.of(), List.of(), Duration.ofMillis(50), 1, CONFIG.bytes());
    ReferenceSource source = new ReferenceSource(List.of(resolver((uri, size) -> {
      // Like a dead mount: no interrupt gets through.
      boolean interrupted = false;
      while (answer.getCount() > 0) {
        try {
          answer.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        attempts.incrementAndGet();
      }
      return ByteBuffer.wrap(IMAGE);
    })), impatient, Time.SYSTEM, () -> 1);
    assertThat(failure(source, POINTER)).hasMessageContainingAll("file:///share/a.tif", "PT0.05S");
    assertThat(failure(source, POINTER)).hasMessageContaining("hang");
    answer.countDown();
    assertThat(source.read(POINTER)).isEqualTo(ByteBuffer.wrap(IMAGE));
    assertThat(attempts).as("it was told to stop").hasPositiveValue();
  }

  @Test
  void shouldWantSettingsThatCanWork() {
    assertThat(References.NONE.withRoots(List.of(Path.of("images"))).problems()).isEmpty();
    assertThat(new References(List.of(), List.of(), Duration.ZERO, 0, (64L << 20) - 1).problems()).satisfiesExactly(
        p -> assertThat(p).contains("reference deadline (PT0S)"), p -> assertThat(p).contains("at least 1"), p -> assertThat(p).contains("67108864"));
  }

  /** Lets threads go only in groups, and remembers how many were in at once. */
  private static final class Crowd {
    final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger in = new AtomicInteger();
    private final CyclicBarrier barrier;

    Crowd(int group) {
      barrier = new CyclicBarrier(group);
    }

    ByteBuffer meet(ByteBuffer payload) {
      most.accumulateAndGet(in.incrementAndGet(), Math::max);
      try {
        barrier.await(30, TimeUnit.SECONDS);
        in.decrementAndGet();
        return payload;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void readMany(int count, Callable<ByteBuffer> read) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<ByteBuffer>> reads = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        reads.add(threads.submit(read));
      }
      for (Future<ByteBuffer> done : reads) {
        assertThat(done.get()).isNotNull();
      }
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
