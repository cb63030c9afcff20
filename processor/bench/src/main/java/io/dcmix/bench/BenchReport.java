package io.dcmix.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dcmix.core.cli.CliException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run measured. The JSON of {@code --report} has these names.
 *
 * @param workloads in the order in which they ran
 * @param device where the model ran: cpu, cuda:0
 * @param cores that the JVM sees
 * @param jvmCache whether the processors' JVM started with a cache, as {@code dcmix aot} makes it
 */
record BenchReport(List<Figures> workloads, String device, int cores, boolean jvmCache) {

  /**
   * A workload. Null means not measured.
   *
   * @param name of the workload
   * @param wells whose rate was taken, a repeat
   * @param warmUpWells that came before them
   * @param bareWellsPerSecond of decoding and scoring alone
   * @param pipelineWellsPerSecond of the processor while it drains a topic that was filled before its start
   * @param ratio pipeline ÷ bare loop; of several repeats each figure is the median
   * @param ratios of the repeats
   * @param imageMegabytesPerSecond encoded images that the pipeline took, 10⁶ bytes
   * @param imageBytesPerWell encoded
   * @param changelogBytesPerImageByte size of the lane's changelog topics ÷ size of the encoded images
   * @param bareCpuSecondsPerWell CPU time of the bare loop
   * @param processorCpuSecondsPerWell CPU time of the processor's process while the rate was taken
   * @param brokerCpuSecondsPerWell the same of the broker's
   * @param peakRssMiB largest resident memory of the processor until the topic was drained
   * @param latencyMillis at half the measured rate
   * @param latencyWells number of wells behind it
   * @param maxDelayMillis setting: how long a site may wait for its batch
   * @param batchMillis mean time of a run of the model in the bare loop
   * @param commitMillis setting: commit interval
   * @param rssAfterTwoPlatesMiB resident memory of another processor after its second plate
   * @param rssAfterTenPlatesMiB and after the last of memoryPlates
   * @param memoryPlates number of those plates
   * @param copiedBytesPerImageByte heap that the stream threads of that processor allocated ÷ encoded images, less the 1 that is
   *     the buffer in which the network client receives; null where images come by reference
   * @param bars what was held against a bar
   */
  record Figures(
      String name,
      int wells,
      int warmUpWells,
      @Nullable Double bareWellsPerSecond,
      @Nullable Double pipelineWellsPerSecond,
      @Nullable Double ratio,
      List<Double> ratios,
      @Nullable Double imageMegabytesPerSecond,
      @Nullable Double imageBytesPerWell,
      @Nullable Double changelogBytesPerImageByte,
      @Nullable Double bareCpuSecondsPerWell,
      @Nullable Double processorCpuSecondsPerWell,
      @Nullable Double brokerCpuSecondsPerWell,
      @Nullable Double peakRssMiB,
      @Nullable Latency latencyMillis,
      int latencyWells,
      double maxDelayMillis,
      @Nullable Double batchMillis,
      double commitMillis,
      @Nullable Double rssAfterTwoPlatesMiB,
      @Nullable Double rssAfterTenPlatesMiB,
      int memoryPlates,
      @Nullable Double copiedBytesPerImageByte,
      List<Bar> bars) {

    Figures withBars(List<Bar> held) {
      return new Figures(name, wells, warmUpWells, bareWellsPerSecond, pipelineWellsPerSecond, ratio, ratios,
          imageMegabytesPerSecond, imageBytesPerWell, changelogBytesPerImageByte, bareCpuSecondsPerWell, processorCpuSecondsPerWell,
          brokerCpuSecondsPerWell, peakRssMiB, latencyMillis, latencyWells, maxDelayMillis, batchMillis, commitMillis,
          rssAfterTwoPlatesMiB, rssAfterTenPlatesMiB, memoryPlates, copiedBytesPerImageByte, held);
    }
  }

  /**
   * From the append of a well's last image to its prediction in the hands of a read_committed consumer, ms.
   *
   * @param p50 half of the wells took no longer
   * @param p99 99 in 100 took no longer
   */
  record Latency(double p50, double p99) {}

  /**
   * A figure held against what it should be.
   *
   * @param figure its name in this report
   * @param atLeast whether more is better
   * @param limit what it should reach, or not exceed
   * @param aim what would be better still; null for none
   */
  record Bar(String figure, double value, boolean atLeast, double limit, @Nullable Double aim, boolean ok) {}

  void write(Path file) {
    try {
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
    } catch (IOException e) {
      throw new CliException("The report cannot be written to " + file + ": " + e.getMessage(), e);
    }
  }
}
