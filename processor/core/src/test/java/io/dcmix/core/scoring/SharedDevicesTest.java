package io.dcmix.core.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dcmix.core.model.ModelCard;
import io.dcmix.core.model.SiteModel;
import io.dcmix.core.model.SiteScore;
import io.dcmix.schema.event.PixelType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lanes that take turns at a device, which starts a run when it is asked and ends it when the test says so. */
@Timeout(30)
class SharedDevicesTest {
  private static final ModelCard CARD =
      new ModelCard("m", "1", "00", List.of("A"), List.of("no", "hit"), "hit", PixelType.UINT8, 1, 1,
          List.of(1.0), List.of(0.0), List.of(1.0), Map.of());

  private final BlockingQueue<Integer> started = new LinkedBlockingQueue<>();
  private final Semaphore mayEnd = new Semaphore(0);
  private final ConcurrentLinkedQueue<Throwable> refused = new ConcurrentLinkedQueue<>();

  /** Runs are told apart by the number of sites that they ask for. */
  private SiteModel device(String name) {
    return new SiteModel() {
      @Override
      public ModelCard card() {
        return CARD;
      }

      @Override
      public String device() {
        return name;
      }

      @Override
      public boolean reproducible() {
        return true;
      }

      @Override
      public List<SiteScore> score(ByteBuffer slab, int sites, boolean explain) {
        started.add(sites);
        mayEnd.acquireUninterruptibly();
        return List.of();
      }

      @Override
      public void close() {}
    };
  }

  private Thread run(SiteModel model, int name) {
    return Thread.ofPlatform().daemon().start(() -> {
      try {
        model.score(ByteBuffer.allocateDirect(1), name, false);
      } catch (CancellationException | SiteModel.InferenceException e) {
        refused.add(e);
      }
    });
  }

  private static void await(IntSupplier count, int wanted) {
    while (count.getAsInt() != wanted) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aReplayDelaysLiveWorkByTheBatchThatRunsAndNoMore() throws Exception {
    List<SiteModel> models = List.of(device("cuda:0"));
    SharedDevices shared = new SharedDevices(8);
    SiteModel live = shared.ofLane(models, 0).getFirst();
    SiteModel replay = shared.ofLane(models, 1).getFirst();
    run(replay, 11);
    assertThat(started.take()).isEqualTo(11);
    run(replay, 12);
    await(shared::waiting, 1);
    run(replay, 13);
    await(shared::waiting, 2);
    run(live, 1);
    await(shared::waiting, 3);
    run(live, 2);
    await(shared::waiting, 4);
    assertThat(started).as("one at a time").isEmpty();

    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      mayEnd.release();
      order.add(started.take());
    }
    assertThat(order).as("live work first, each lane in its own order").containsExactly(1, 2, 12, 13);
    mayEnd.release();
    await(shared::waiting, 0);
  }

  @Test
  void aCpuHasAsManyPlacesAsThreadsForTheLanesBehindTheFirstWhichWaitsForNone() throws Exception {
    List<SiteModel> models = List.of(device("cpu"));
    SharedDevices shared = new SharedDevices(2);
    SiteModel replay = shared.ofLane(models, 1).getFirst();
    run(replay, 11);
    run(replay, 12);
    assertThat(List.of(started.take(), started.take())).containsExactlyInAnyOrder(11, 12);
    run(replay, 13);
    await(shared::waiting, 1);
    run(shared.ofLane(models, 0).getFirst(), 1);
    assertThat(started.take()).as("both places are taken, by runs that may never end").isEqualTo(1);
    mayEnd.release();
    mayEnd.release();
    assertThat(started.take()).as("a place is free once two of the three are over").isEqualTo(13);
    mayEnd.release(2);
  }

  @Test
  void lanesWithModelsOfTheirOwnShareADevice() throws Exception {
    SharedDevices shared = new SharedDevices(1);
    run(shared.ofLane(List.of(device("cuda:0")), 1).getFirst(), 11);
    assertThat(started.take()).isEqualTo(11);
    run(shared.ofLane(List.of(device("cuda:0")), 0).getFirst(), 1);
    await(shared::waiting, 1);
    assertThat(started).as("one model at a time on a GPU").isEmpty();
    mayEnd.release();
    assertThat(started.take()).isEqualTo(1);
    mayEnd.release();
  }

  @Test
  void eachDeviceHasItsOwnTurns() throws Exception {
    List<SiteModel> models = List.of(device("cuda:0"), device("cuda:1"));
    SharedDevices shared = new SharedDevices(1);
    run(shared.ofLane(models, 1).get(0), 11);
    assertThat(started.take()).isEqualTo(11);
    run(shared.ofLane(models, 0).get(1), 1);
    assertThat(started.take()).isEqualTo(1);
    assertThat(shared.ofLane(models, 0)).extracting(SiteModel::device).containsExactly("cuda:0", "cuda:1");
    mayEnd.release(2);
  }

  @Test
  void aLaneThatClosesLeavesTheQueueAndTheDeviceAlone() throws Exception {
    List<SiteModel> models = List.of(device("cuda:0"));
    SharedDevices shared = new SharedDevices(1);
    run(shared.ofLane(models, 0).getFirst(), 1);
    assertThat(started.take()).isEqualTo(1);
    Thread waiting = run(shared.ofLane(models, 1).getFirst(), 11);
    await(shared::waiting, 1);
    waiting.interrupt();
    waiting.join();
    assertThat(refused).singleElement().isInstanceOf(CancellationException.class);
    assertThat(shared.waiting()).isZero();
    mayEnd.release();
    run(shared.ofLane(models, 1).getFirst(), 12);
    assertThat(started.take()).as("the device is free again").isEqualTo(12);
    mayEnd.release();
  }

  @Test
  void aRunThatFailsGivesItsTurnBack() {
    SiteModel broken = new SiteModel() {
      @Override
      public ModelCard card() {
        return CARD;
      }

      @Override
      public String device() {
        return "cuda:0";
      }

      @Override
      public boolean reproducible() {
        return true;
      }

      @Override
      public List<SiteScore> score(ByteBuffer slab, int sites, boolean explain) throws InferenceException {
        throw new InferenceException("out of memory");
      }

      @Override
      public void close() {}
    };
    SiteModel lane = new SharedDevices(1).ofLane(List.of(broken), 1).getFirst();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> lane.score(ByteBuffer.allocateDirect(1), 1, false)).hasMessage("out of memory");
    }
  }
}
