package io.dcmix.streams.well;

/** Is told what the well stages do, for metrics. Called from the stream threads, often: implementations count and return. */
public interface StageMeter {
  /** Counts nothing. */
  StageMeter NONE = new StageMeter() {
    @Override
    public Task task() {
      return Task.NONE;
    }

    @Override
    public void forwarded(WellOutput output, long nowMillis) {}

    @Override
    public void deadLetter(DeadLetterReason reason) {}
  };

  /** A task begins its life; closed when it ends. */
  Task task();

  /**
   * A result goes out.
   *
   * @param nowMillis wall-clock time
   */
  void forwarded(WellOutput output, long nowMillis);

  /** A record is set aside. */
  void deadLetter(DeadLetterReason reason);

  /** One life of a task. */
  interface Task extends AutoCloseable {
    /** Counts nothing. */
    Task NONE = new Task() {
      @Override
      public void holds(int pendingWells, int waitingSites) {}

      @Override
      public void close() {}
    };

    /** How many wells have no result yet, and how many complete sites the scorer had no room for. */
    void holds(int pendingWells, int waitingSites);

    @Override
    void close();
  }
}
