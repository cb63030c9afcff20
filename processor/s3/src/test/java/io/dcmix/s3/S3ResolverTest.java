package io.dcmix.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.dcmix.core.images.Sha256;
import io.dcmix.core.scoring.PlanePointer;
import io.dcmix.core.scoring.PlaneSource.SourceExpiredException;
import io.dcmix.core.source.ReferenceSource;
import io.dcmix.core.source.References;
import io.dcmix.core.source.RefusedReferenceException;
import io.dcmix.schema.event.FailureReason;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Objects of a real server that speaks S3's protocol over HTTP and checks signatures. Credentials come by the SDK's chain. */
@Timeout(60)
class S3ResolverTest {
  private static final byte[] IMAGE = "an image".getBytes(UTF_8);
  private static final byte[] LARGE = large();
  private static final String BUCKET = "plates";
  private static final References REFERENCES = References.NONE;

  @TempDir static Path empty;
  private static S3Server server;

  @BeforeAll
  static void start() throws Exception {
    server = S3Server.start();
    server.bucket(BUCKET);
    server.bucket("private");
    server.put(BUCKET, "in/a.tif", IMAGE);
    server.put(BUCKET, "out/secret.tif", IMAGE);
    server.put("private", "in/a.tif", IMAGE);
    // Nothing of this machine or its cloud: what a test wants found, it says.
    System.setProperty("aws.disableEc2Metadata", "true");
    System.setProperty("aws.configFile", empty.resolve("config").toString());
    System.setProperty("aws.sharedCredentialsFile", empty.resolve("credentials").toString());
  }

  @AfterAll
  static void stop() {
    for (String property : List.of("aws.disableEc2Metadata", "aws.configFile", "aws.sharedCredentialsFile", "aws.accessKeyId", "aws.secretAccessKey")) {
      System.clearProperty(property);
    }
    server.close();
  }

  @BeforeEach
  void credentials() {
    credentials(S3Server.ACCESS_KEY, S3Server.SECRET_KEY);
  }

  @AfterEach
  void usual() {
    server.answerAsUsual();
  }

  private static byte[] large() {
    byte[] large = new byte[3_000_001];
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) ((i * 31) >>> 3);
    }
    return large;
  }

  private static void credentials(String accessKey, String secret) {
    System.setProperty("aws.accessKeyId", accessKey);
    System.setProperty("aws.secretAccessKey", secret);
  }

  private static S3Settings at(URI endpoint) {
    return S3Settings.AMAZON.withEndpoint(endpoint).withPathStyle(true);
  }

  private static S3Resolver resolver(S3Settings settings) throws Exception {
    return new S3Resolver(S3Store.open(settings), List.of(S3Location.folder("s3://plates/in/"), S3Location.folder("s3://absent")));
  }

  private static S3Resolver resolver() throws Exception {
    return resolver(at(server.endpoint()));
  }

  private static ReferenceSource source(References references) throws Exception {
    return ReferenceSource.of(references.withOthers(List.of(resolver())));
  }

  private static PlanePointer pointer(String uri, byte[] bytes) {
    return new PlanePointer.AtUri(uri, bytes.length, Sha256.of(ByteBuffer.wrap(bytes)));
  }

  private static SourceExpiredException failure(ReferenceSource source, PlanePointer pointer) {
    try {
      source.read(pointer);
    } catch (SourceExpiredException e) {
      return e;
    }
    throw new AssertionError("The object was read");
  }

  private static void fails(String uri, String message) throws Exception {
    S3Resolver resolver = resolver();
    assertThatThrownBy(() -> resolver.fetch(URI.create(uri), IMAGE.length)).isInstanceOf(IOException.class).hasMessage(message);
  }

  private static ResponseInputStream<GetObjectResponse> body(long length, InputStream bytes) {
    return new ResponseInputStream<>(GetObjectResponse.builder().contentLength(length).build(), AbortableInputStream.create(bytes));
  }

  // ---- what is fetched ----

  @Test
  void shouldFetchAnObjectAndGiveItOutWhenItIsTheOneThatTheEventMeans() throws Exception {
    server.put(BUCKET, "in/large.tif", LARGE);
    assertThat(source(REFERENCES).read(pointer("s3://plates/in/a.tif", IMAGE))).isEqualTo(ByteBuffer.wrap(IMAGE));
    assertThat(source(REFERENCES).read(pointer("s3://plates/in/large.tif", LARGE))).isEqualTo(ByteBuffer.wrap(LARGE));
  }

  @Test
  void shouldFindFilesBesideObjects() throws Exception {
    Path file = Files.write(empty.toRealPath().resolve("a.tif"), IMAGE);
    ReferenceSource both = source(REFERENCES.withRoots(List.of(empty)));
    assertThat(both.read(pointer(file.toUri().toString(), IMAGE))).isEqualTo(ByteBuffer.wrap(IMAGE));
    assertThat(both.read(pointer("s3://plates/in/a.tif", IMAGE))).isEqualTo(ByteBuffer.wrap(IMAGE));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "B02 s1 µ.tif|B02%20s1%20%C2%B5.tif", "a+b=c&d@e.tif|a+b=c&d@e.tif", "100%.tif|100%25.tif", "a%20b.tif|a%2520b.tif", "q?x#y.tif|q%3Fx%23y.tif",
      "細胞~(1)'!*.tif|%E7%B4%B0%E8%83%9E~(1)'!*.tif"})
  void shouldSendTheKeyThatTheUriMeans(String key, String uri) throws Exception {
    server.put(BUCKET, "in/" + key, key.getBytes(UTF_8));
    server.answerAsUsual();
    byte[] expected = key.getBytes(UTF_8);
    assertThat(resolver().fetch(URI.create("s3://plates/in/" + uri), expected.length)).isEqualTo(ByteBuffer.wrap(expected));
    assertThat(server.asked()).containsExactly("in/" + key);
  }

  @Test
  void shouldFetchAnObjectThatComesLaterThanItsEvent() throws Exception {
    byte[] late = "comes later".getBytes(UTF_8);
    server.answer((request, object) -> {
      try {
        return object.get();
      } finally {
        server.put(BUCKET, request.key(), late); // The first asks too early.
      }
    });
    assertThat(source(REFERENCES).read(pointer("s3://plates/in/late.tif", late))).isEqualTo(ByteBuffer.wrap(late));
    assertThat(server.asked()).containsExactly("in/late.tif", "in/late.tif");
  }

  // ---- what is refused without a word to anybody ----

  @ParameterizedTest
  @CsvSource({"s3://plates/out/secret.tif", "s3://private/in/a.tif", "s3://plates/in/../out/secret.tif", "s3://plates/in/%2e%2e/out/secret.tif",
      "s3://plates/in", "s3://plates/inside.tif", "s3://plates/", "s3://plates@private/in/a.tif", "s3://127.0.0.1:80/in/a.tif"})
  void shouldAskNobodyForWhatLiesOutside(String uri) throws Exception {
    try (ServerSocketChannel listening = ServerSocketChannel.open()) {
      listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).configureBlocking(false);
      S3Resolver resolver = resolver(at(URI.create("http://127.0.0.1:" + listening.socket().getLocalPort())));
      assertThatThrownBy(() -> resolver.fetch(URI.create(uri), IMAGE.length)).isInstanceOf(RefusedReferenceException.class).hasMessageContaining(uri);
      assertThat(listening.accept()).as("connections").isNull();
    }
  }

  @Test
  void shouldNameTheOptionThatAllowsABucket() throws Exception {
    SourceExpiredException e = failure(source(REFERENCES), pointer("s3://private/in/a.tif", IMAGE));
    assertThat(e.reason()).isEqualTo(FailureReason.REFERENCE_REFUSED);
    assertThat(e).hasMessageContainingAll("s3://private/in/a.tif", "--reference-s3");
  }

  @Test
  void shouldNotFollowAStoreThatSendsItElsewhere() throws Exception {
    AtomicInteger elsewhere = new AtomicInteger();
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer other = HttpServer.create(any, 0);
    other.createContext("/", exchange -> {
      elsewhere.incrementAndGet();
      exchange.sendResponseHeaders(200, IMAGE.length);
      exchange.getResponseBody().write(IMAGE);
      exchange.close();
    });
    HttpServer redirecting = HttpServer.create(any, 0);
    redirecting.createContext("/", exchange -> {
      exchange.getResponseHeaders().add("Location", "http://127.0.0.1:" + other.getAddress().getPort() + "/secret");
      exchange.sendResponseHeaders(307, -1);
      exchange.close();
    });
    other.start();
    redirecting.start();
    try {
      S3Resolver resolver = resolver(at(URI.create("http://127.0.0.1:" + redirecting.getAddress().getPort())));
      assertThatThrownBy(() -> resolver.fetch(URI.create("s3://plates/in/a.tif"), IMAGE.length))
          .isInstanceOf(IOException.class).hasMessageContainingAll("not where it was asked for", "--s3-region", "--s3-endpoint");
      assertThat(elsewhere).hasValue(0);
    } finally {
      redirecting.stop(0);
      other.stop(0);
    }
  }

  // ---- what may yet come ----

  @Test
  void shouldSayThatAnObjectOrItsBucketIsNotThere() throws Exception {
    fails("s3://plates/in/none.tif", "there is no such object");
    fails("s3://absent/a.tif", "there is no such bucket");
  }

  @Test
  void shouldSayThatAccessIsDenied() throws Exception {
    server.answer((request, object) -> {
      throw S3Exception.builder().statusCode(403).awsErrorDetails(AwsErrorDetails.builder().errorCode("AccessDenied").errorMessage("Access Denied").build()).build();
    });
    fails("s3://plates/in/a.tif",
        "access is denied: the credentials need s3:GetObject there, and s3:ListBucket, without which a missing object looks the same");
  }

  @Test
  void shouldSayThatTheStoreDoesNotTakeTheCredentials() throws Exception {
    server.answerAsUsual();
    credentials(S3Server.ACCESS_KEY, "another-secret");
    fails("s3://plates/in/a.tif", "the store does not take the credentials (SignatureDoesNotMatch): check the key, its secret and when they expire");
    credentials("nobody", S3Server.SECRET_KEY);
    fails("s3://plates/in/a.tif", "the store does not take the credentials (InvalidAccessKeyId): check the key, its secret and when they expire");
    assertThat(server.asked()).as("objects that were given out").isEmpty();
  }

  @Test
  void shouldSignNothingWhenAnonymous() throws Exception {
    server.answerAsUsual();
    S3Resolver resolver = resolver(at(server.endpoint()).withAnonymous(true));
    assertThatThrownBy(() -> resolver.fetch(URI.create("s3://plates/in/a.tif"), IMAGE.length))
        .isInstanceOf(IOException.class).hasMessageContaining("access is denied");
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void shouldAskOnceAndLeaveItToOthersToTryAgain() throws Exception {
    server.answer((request, object) -> {
      throw S3Exception.builder().statusCode(503).awsErrorDetails(AwsErrorDetails.builder().errorCode("SlowDown").errorMessage("Slow down").build()).build();
    });
    fails("s3://plates/in/a.tif", "the store is too busy (SlowDown)");
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void shouldSayThatNobodyIsThere() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    S3Resolver resolver = resolver(at(URI.create("http://127.0.0.1:" + port)));
    assertThatThrownBy(() -> resolver.fetch(URI.create("s3://plates/in/a.tif"), IMAGE.length))
        .isInstanceOf(IOException.class).hasMessageContainingAll("the store cannot be reached", "refused").message().hasLineCount(1);
  }

  @Test
  void shouldNotReadAnObjectOfAnotherSize() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    // More than a server keeps back before it sends the first bytes.
    server.answer((request, object) -> body(LARGE.length, new Waiting(LARGE.length / 2, never)));
    try {
      fails("s3://plates/in/a.tif", "the object has 3000001 bytes, the event says 8");
    } finally {
      never.countDown();
    }
    server.answerAsUsual();
    S3Resolver resolver = resolver();
    assertThatThrownBy(() -> resolver.fetch(URI.create("s3://plates/in/a.tif"), 9)).hasMessage("the object has 8 bytes, the event says 9");
  }

  @Test
  void shouldNotTakeABodyThatEndsEarly() throws Exception {
    server.answer((request, object) -> body(IMAGE.length, new java.io.ByteArrayInputStream(IMAGE, 0, 5)));
    S3Resolver resolver = resolver();
    assertThatThrownBy(() -> resolver.fetch(URI.create("s3://plates/in/a.tif"), IMAGE.length)).isInstanceOf(IOException.class);
    SourceExpiredException e = failure(source(REFERENCES.withDeadline(Duration.ofSeconds(1))), pointer("s3://plates/in/a.tif", IMAGE));
    assertThat(e.reason()).isEqualTo(FailureReason.SOURCE_EXPIRED);
  }

  @Test
  void shouldNotGiveOutAnotherObjectOfTheSameSize() throws Exception {
    SourceExpiredException e =
        failure(source(REFERENCES.withDeadline(Duration.ofSeconds(1))), pointer("s3://plates/in/a.tif", "an imagE".getBytes(UTF_8)));
    assertThat(e.reason()).isEqualTo(FailureReason.SOURCE_EXPIRED);
    assertThat(e).hasMessageContainingAll("s3://plates/in/a.tif", "SHA-256", Sha256.of(ByteBuffer.wrap(IMAGE)));
  }

  // ---- bounds ----

  @Test
  void shouldGiveUpOnAStoreThatDripsPastTheDeadlineAndFreeItsPlace() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    server.put(BUCKET, "in/other.tif", IMAGE);
    server.answer((request, object) ->
        request.key().equals("in/other.tif") ? object.get() : body(LARGE.length, new Waiting(LARGE.length / 2, answer)));
    try {
      ReferenceSource one = source(new References(List.of(), List.of(), Duration.ofSeconds(1), 1, REFERENCES.bytes()));
      SourceExpiredException e = failure(one, pointer("s3://plates/in/a.tif", LARGE));
      assertThat(e.reason()).isEqualTo(FailureReason.SOURCE_EXPIRED);
      assertThat(e).hasMessageContainingAll("s3://plates/in/a.tif", "PT1S");
      assertThat(one.read(pointer("s3://plates/in/other.tif", IMAGE))).as("the only place is free while the store still drips").isEqualTo(ByteBuffer.wrap(IMAGE));
    } finally {
      answer.countDown();
    }
  }

  @Test
  void shouldAskForAsManyObjectsAtOnceAsAllowedAndNoMore() throws Exception {
    CyclicBarrier three = new CyclicBarrier(3);
    AtomicInteger in = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    server.answer((request, object) -> {
      most.accumulateAndGet(in.incrementAndGet(), Math::max);
      try {
        three.await(30, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      } finally {
        in.decrementAndGet();
      }
      return object.get();
    });
    ReferenceSource source = source(new References(List.of(), List.of(), REFERENCES.deadline(), 3, REFERENCES.bytes()));
    List<Future<ByteBuffer>> reads = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 30; i++) {
        reads.add(threads.submit(() -> source.read(pointer("s3://plates/in/a.tif", IMAGE))));
      }
    }
    assertThat(reads).allSatisfy(read -> assertThat(read.get()).isEqualTo(ByteBuffer.wrap(IMAGE)));
    assertThat(most).as("the barrier needs three at once to let any go").hasValue(3);
    assertThat(server.asked()).hasSize(30);
  }

  // ---- the start ----

  @Test
  void shouldSayThatItFoundCredentialsAndNotWhatTheyAre() throws Exception {
    assertThat(S3Store.open(at(server.endpoint())).credentials()).isEqualTo("found: a key that does not expire");
    assertThat(S3Store.open(at(server.endpoint()).withAnonymous(true)).credentials()).contains("not signed");
    System.setProperty("aws.sessionToken", "token");
    try {
      assertThat(S3Store.open(at(server.endpoint())).credentials()).isEqualTo("found: temporary ones");
    } finally {
      System.clearProperty("aws.sessionToken");
    }
  }

  @Test
  void shouldNotStartWithoutCredentials() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    assertThatThrownBy(() -> S3Store.open(at(server.endpoint()))).isInstanceOf(UnusableStoreException.class)
        .hasMessageContainingAll("no credentials", "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "--s3-anonymous").message().hasLineCount(1);
  }

  @Test
  void shouldWantARegionWhereThereAreMany() {
    assertThatThrownBy(() -> S3Store.open(S3Settings.AMAZON)).isInstanceOf(UnusableStoreException.class).hasMessageContainingAll("--s3-region", "AWS_REGION");
  }

  @Test
  void shouldWantSettingsThatCanWork() {
    for (String wrong : List.of("ftp://store", "https:///", "https://user:secret@store", "https://store/?a", "store:9000")) {
      assertThatThrownBy(() -> S3Store.open(at(URI.create(wrong)))).as(wrong).isInstanceOf(UnusableStoreException.class).hasMessageContaining("https://host");
    }
    assertThatThrownBy(() -> S3Store.open(S3Settings.AMAZON.withRegion("eu central"))).hasMessageContaining("'eu central'");
  }

  @Test
  void shouldTellABucketThatAnswersFromOneThatDoesNot() throws Exception {
    S3Store store = S3Store.open(at(server.endpoint()));
    store.probe(S3Location.folder("s3://plates/in/"));
    store.probe(S3Location.folder("s3://plates"));
    assertThatThrownBy(() -> store.probe(S3Location.folder("s3://absent/in/"))).isInstanceOf(IOException.class).hasMessage("there is no such bucket");
  }

  /** Some zeros, and then nothing until somebody says so. */
  private static final class Waiting extends InputStream {
    private final CountDownLatch release;
    private int left;

    Waiting(int zeros, CountDownLatch release) {
      this.left = zeros;
      this.release = release;
    }

    @Override
    public int read() {
      if (left-- > 0) {
        return 0;
      }
      try {
        release.await(30, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (left <= 0) {
        return read();
      }
      int zeros = Math.min(left, length);
      Arrays.fill(target, offset, offset + zeros, (byte) 0);
      left -= zeros;
      return zeros;
    }
  }
}
