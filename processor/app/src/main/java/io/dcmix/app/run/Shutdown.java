package io.dcmix.app.run;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what was opened, last first, once: at the end of a command or on Ctrl-C, whichever comes first.
 *
 * <p>Threading: opened by the command's thread; closed by it or by the JVM's shutdown hook.
 */
public final class Shutdown implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final Thread hook = new Thread(this::onSignal, "shutdown");
  private boolean closed;

  public Shutdown() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Remembers something to be closed; closes it at once if the end has already come. */
  public synchronized <T extends AutoCloseable> T add(T resource) {
    if (closed) {
      close(resource);
    } else {
      opened.push(resource);
    }
    return resource;
  }

  /** Waits for Ctrl-C or for {@link #ask}. */
  public void await() throws InterruptedException {
    asked.await();
  }

  /** Waits so long at most; returns whether the end was asked for. */
  public boolean await(Duration atMost) throws InterruptedException {
    return asked.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Asks the waiting command to end. */
  public void ask() {
    asked.countDown();
  }

  private void onSignal() {
    asked.countDown();
    closeAll();
  }

  @Override
  public void close() {
    closeAll();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.debug("The JVM is already on its way down");
    }
  }

  private synchronized void closeAll() {
    closed = true;
    while (!opened.isEmpty()) {
      close(opened.pop());
    }
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      LOG.warn("Closing {} failed: {}", resource.getClass().getSimpleName(), e.toString());
    }
  }
}
