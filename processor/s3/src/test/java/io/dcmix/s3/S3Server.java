package io.dcmix.s3;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** A real server of S3's protocol on this machine, which checks signatures and keeps objects in memory. */
final class S3Server implements AutoCloseable {
  static final String ACCESS_KEY = "dcmix-test-key";
  static final String SECRET_KEY = "dcmix-test-secret";

  /** What stands between the protocol and the objects. */
  interface Answer {
    ResponseInputStream<GetObjectResponse> to(GetObjectRequest request, Supplier<ResponseInputStream<GetObjectResponse>> object);
  }

  private final Objects objects = new Objects();
  private final S3Proxy server;

  private S3Server() throws Exception {
    server = S3Proxy.builder()
        .blobStore(objects)
        .endpoint(URI.create("http://127.0.0.1:0"))
        .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
        .stopTimeout(0)
        .build();
    server.start();
  }

  static S3Server start() throws Exception {
    return new S3Server();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  void bucket(String name) {
    objects.createContainer(name);
  }

  void put(String bucket, String key, byte[] bytes) {
    objects.putBlob(PutObjectRequest.builder().bucket(bucket).key(key).contentLength((long) bytes.length).build(), new ByteArrayInputStream(bytes));
  }

  /** From now on; forgets what was asked. */
  void answer(Answer answer) {
    objects.answer = answer;
    objects.asked.clear();
  }

  void answerAsUsual() {
    answer((request, object) -> object.get());
  }

  /** Keys of the objects that were asked for with a good signature. */
  List<String> asked() {
    return objects.asked;
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("The server does not stop", e);
    }
    objects.close();
  }

  private static final class Objects extends ForwardingBlobStore {
    final List<String> asked = new CopyOnWriteArrayList<>();
    volatile Answer answer = (request, object) -> object.get();

    Objects() {
      super(new TransientNio2BlobStore());
    }

    @Override
    public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
      asked.add(request.key());
      return answer.to(request, () -> super.getBlob(request));
    }
  }
}
