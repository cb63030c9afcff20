package io.dcmix.app.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.app.dashboard.Api.FeedStatus;
import io.micronaut.http.sse.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

class EventHubTest {
  private final EventHub hub = new EventHub(() -> new FeedStatus("screening", List.of(), 0, 0));

  /** A browser that takes what it is told to take, and no more. */
  private static final class Listener extends BaseSubscriber<Event<Object>> {
    final List<Object> changes = new ArrayList<>();
    final CountDownLatch heard = new CountDownLatch(1);
    final CountDownLatch ended = new CountDownLatch(1);
    private final long demand;

    Listener(long demand) {
      this.demand = demand;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      request(demand);
    }

    @Override
    protected void hookOnNext(Event<Object> event) {
      if ("heartbeat".equals(event.getName())) {
        heard.countDown();
      } else {
        changes.add(event.getData());
      }
    }

    @Override
    protected void hookOnComplete() {
      ended.countDown();
    }

    @Override
    protected void hookOnError(Throwable failure) {
      ended.countDown();
    }
  }

  private static Change change(int i) {
    return new Change.Wells("P" + i, "1", List.of());
  }

  @Test
  void shouldCutOffASlowBrowserWithoutCostToTheOthers() throws InterruptedException {
    Listener slow = new Listener(1);
    Listener quick = new Listener(Long.MAX_VALUE);
    hub.events().subscribe(slow);
    hub.events().subscribe(quick);
    assertThat(quick.heard.await(10, TimeUnit.SECONDS)).as("the first event is a heartbeat").isTrue();
    for (int i = 0; i < 5000; i++) {
      hub.publish(List.of(change(i)));
    }
    assertThat(quick.changes).hasSize(5000);
    slow.request(Long.MAX_VALUE);
    assertThat(slow.ended.await(10, TimeUnit.SECONDS)).as("the slow one is cut off").isTrue();
    assertThat(slow.changes).as("and kept a bounded queue").hasSizeLessThan(2000);
    assertThat(quick.ended.getCount()).isEqualTo(1);
    quick.cancel();
  }

  @Test
  void shouldEndTheStreamsWhenItCloses() throws InterruptedException {
    Listener listener = new Listener(Long.MAX_VALUE);
    hub.events().subscribe(listener);
    assertThat(listener.heard.await(10, TimeUnit.SECONDS)).isTrue();
    hub.close();
    assertThat(listener.ended.await(10, TimeUnit.SECONDS)).isTrue();
  }
}
