package io.dcmix.core.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The shared libraries that ONNX Runtime's CUDA provider (CUDA 12, cuDNN 9) needs, each found or missing by name. Looks where
 * Linux's loader looks, and in the usual CUDA folders, where a library may lie without the loader knowing of it. Loads nothing.
 */
public final class CudaLibraries {
  /** Name and what it belongs to, so that whoever installs knows what to install. */
  private static final Map<String, String> NEEDED = new LinkedHashMap<>();

  static {
    NEEDED.put("libcuda.so.1", "the NVIDIA driver");
    NEEDED.put("libcudart.so.12", "the CUDA 12 runtime");
    NEEDED.put("libcublas.so.12", "cuBLAS of CUDA 12");
    NEEDED.put("libcublasLt.so.12", "cuBLAS of CUDA 12");
    NEEDED.put("libcudnn.so.9", "cuDNN 9 for CUDA 12");
    NEEDED.put("libcufft.so.11", "cuFFT of CUDA 12");
    NEEDED.put("libcurand.so.10", "cuRAND of CUDA 12");
  }

  private static final Path LOADER_CACHE = Path.of("/etc/ld.so.cache");
  private static final int MAX_CACHE_BYTES = 16 << 20;
  private static final Pattern CANNOT_OPEN = Pattern.compile("(lib[\\w+-]+\\.so[.\\w]*): cannot open shared object file");

  private final List<Library> libraries;

  private CudaLibraries(List<Library> libraries) {
    this.libraries = List.copyOf(libraries);
  }

  /** How a library stands. */
  public enum State {
    /** The loader finds it. */
    FOUND,
    /** It lies in a usual folder of which the loader does not know. */
    OFF_PATH,
    MISSING
  }

  /**
   * One library.
   *
   * @param name file name that is asked for, such as libcudnn.so.9
   * @param partOf what to install to have it
   * @param where the file; null when it is missing
   */
  public record Library(String name, String partOf, State state, @Nullable Path where) {}

  /**
   * Where to look.
   *
   * @param loaderFolders folders that the loader searches
   * @param cached files that the loader's cache lists, by name
   * @param usualFolders folders where CUDA is usually installed
   */
  record Places(List<Path> loaderFolders, Map<String, Path> cached, List<Path> usualFolders) {}

  /** Looks on this machine. */
  public static CudaLibraries look() {
    return look(thisMachine());
  }

  static CudaLibraries look(Places places) {
    List<Library> libraries = new ArrayList<>();
    NEEDED.forEach((name, partOf) -> {
      Path known = in(places.loaderFolders(), name);
      if (known == null) {
        known = places.cached().get(name);
      }
      Path usual = known == null ? in(places.usualFolders(), name) : null;
      State state = known != null ? State.FOUND : usual != null ? State.OFF_PATH : State.MISSING;
      libraries.add(new Library(name, partOf, state, known != null ? known : usual));
    });
    return new CudaLibraries(libraries);
  }

  public List<Library> all() {
    return libraries;
  }

  /** Whether the driver's library is there, which is so on machines with a GPU and rarely elsewhere. */
  boolean driver() {
    return libraries.getFirst().state() == State.FOUND;
  }

  /**
   * What to do about a CUDA provider that does not start, for people.
   *
   * @param cause ONNX Runtime's message, which may name a library, too
   */
  String remedy(String cause) {
    Map<String, String> missing = new LinkedHashMap<>();
    libraries.stream().filter(l -> l.state() == State.MISSING).forEach(l -> missing.put(l.name(), l.partOf()));
    Matcher named = CANNOT_OPEN.matcher(cause);
    while (named.find()) {
      String name = named.group(1);
      if (libraries.stream().noneMatch(l -> l.name().equals(name) && l.state() == State.OFF_PATH)) {
        missing.putIfAbsent(name, NEEDED.getOrDefault(name, "CUDA 12"));
      }
    }
    List<Library> offPath = libraries.stream().filter(l -> l.state() == State.OFF_PATH).toList();
    List<String> steps = new ArrayList<>();
    if (!missing.isEmpty()) {
      steps.add("Missing: " + missing.entrySet().stream().map(e -> e.getKey() + " (" + e.getValue() + ")").collect(Collectors.joining(", "))
          + ". Install them");
    }
    if (!offPath.isEmpty()) {
      steps.add("Not on the loader's path: " + offPath.stream().map(Library::name).collect(Collectors.joining(", "))
          + ". Add to LD_LIBRARY_PATH " + offPath.stream().map(CudaLibraries::folder).distinct().collect(Collectors.joining(":")));
    }
    if (steps.isEmpty()) {
      steps.add("All libraries of CUDA are there: check the driver and the device number with nvidia-smi");
    }
    return String.join(". ", steps) + "; or use device cpu";
  }

  private static String folder(Library library) {
    Path where = library.where();
    return where == null ? "" : String.valueOf(where.getParent());
  }

  private static @Nullable Path in(List<Path> folders, String name) {
    for (Path folder : folders) {
      Path file = folder.resolve(name);
      if (Files.exists(file)) {
        return file;
      }
    }
    return null;
  }

  private static Places thisMachine() {
    List<Path> loader = new ArrayList<>();
    String path = System.getenv("LD_LIBRARY_PATH");
    if (path != null) {
      for (String folder : path.split(":", -1)) {
        if (!folder.isBlank()) {
          loader.add(Path.of(folder));
        }
      }
    }
    for (String folder : List.of("/lib64", "/usr/lib64", "/lib", "/usr/lib")) {
      loader.add(Path.of(folder));
    }
    List<Path> usual = new ArrayList<>(installed(Path.of("/usr/local"), "cuda*"));
    usual.addAll(installed(Path.of("/opt"), "cuda*"));
    for (String folder : List.of("/usr/local/nvidia/lib64", "/usr/local/nvidia/lib", "/usr/lib/wsl/lib",
        "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu")) {
      usual.add(Path.of(folder));
    }
    return new Places(loader, cached(LOADER_CACHE), usual);
  }

  private static List<Path> installed(Path parent, String glob) {
    List<Path> folders = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, glob)) {
      for (Path toolkit : found) {
        folders.add(toolkit.resolve("lib64"));
        folders.add(toolkit.resolve("lib"));
      }
    } catch (IOException e) {
      return List.of(); // No such folder: nothing is installed there.
    }
    folders.sort(null);
    return folders;
  }

  /** The files in the loader's cache: among other things it holds their paths, each ended by a zero byte. */
  static Map<String, Path> cached(Path cache) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(cache)) {
      bytes = in.readNBytes(MAX_CACHE_BYTES);
    } catch (IOException e) {
      return Map.of(); // No cache, as on other systems than Linux with glibc.
    }
    Map<String, Path> files = new HashMap<>();
    for (String text : new String(bytes, StandardCharsets.ISO_8859_1).split("\0", -1)) {
      if (text.startsWith("/") && NEEDED.containsKey(text.substring(text.lastIndexOf('/') + 1))) {
        Path file = Path.of(text);
        files.putIfAbsent(String.valueOf(file.getFileName()), file);
      }
    }
    return files;
  }
}
