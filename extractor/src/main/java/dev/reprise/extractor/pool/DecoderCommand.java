package dev.reprise.extractor.pool;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Builds the command line and environment of a decoder process. Stateless. */
final class DecoderCommand {
  /**
   * Limits the process before it becomes the JVM: no core dumps, a bounded address space, and first
   * in line for the kernel's OOM killer. A terminal's Ctrl-C and a supervisor's SIGTERM are
   * ignored: they reach the service, which stops its decoders itself. On systems that lack such a
   * limit, the shell says so on standard error.
   */
  private static final String SHELL =
      "trap '' INT TERM HUP; ulimit -c 0; ulimit -v \"$1\"; shift;"
          + " (echo 500 > /proc/self/oom_score_adj) 2>/dev/null; exec \"$@\"";

  /** A heap for one clip and its spectra, and little of everything else. */
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-Xms16m",
          "-Xmx32m",
          "-XX:+UseSerialGC",
          "-XX:ReservedCodeCacheSize=32m",
          "-XX:CompressedClassSpaceSize=16m",
          "-XX:-UsePerfData",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:+ErrorFileToStderr",
          "-Xshare:auto",
          // The optimising compiler only compiles code that stays hot, as in the launcher's run.
          "-XX:Tier4InvocationThreshold=50000",
          "-XX:Tier4MinInvocationThreshold=6000",
          "-XX:Tier4CompileThreshold=150000",
          "-XX:Tier4BackEdgeThreshold=400000",
          "-Xlog:disable",
          "-Xlog:all=error:stderr",
          // The address space bounds native memory.
          "-Dorg.bytedeco.javacpp.maxBytes=0",
          "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");

  /** System property with further options from the launcher: the class data sharing archive. */
  private static final String OPTIONS_PROPERTY = "reprise.decoder.options";

  /** Environment variables that a decoder needs; the others may hold secrets. */
  private static final Set<String> ENVIRONMENT =
      Set.of("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH");

  private static final List<String> PASSED_ON =
      List.of(
          "java.io.tmpdir",
          "java.library.path",
          "org.bytedeco.javacpp.cachedir",
          "org.bytedeco.javacpp.pathsFirst");

  private DecoderCommand() {}

  static ProcessBuilder of(DecoderConfig config) {
    List<String> command = new ArrayList<>();
    if (!System.getProperty("os.name").startsWith("Windows")) {
      command.addAll(
          List.of("/bin/sh", "-c", SHELL, "sh", Long.toString(config.maxMemoryBytes() >> 10)));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_OPTIONS);
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    for (String option : System.getProperty(OPTIONS_PROPERTY, "").split(" ")) {
      if (!option.isEmpty()) {
        command.add(option);
      }
    }
    for (String name : PASSED_ON) {
      String value = System.getProperty(name);
      if (value != null) {
        command.add("-D" + name + "=" + value);
      }
    }
    command.add("-Dreprise.decoder.max-alloc=" + config.maxAllocationBytes());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(DecoderMain.class.getName());
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(ENVIRONMENT);
    // One arena: by default each thread may reserve 64 MiB of address space.
    environment.put("MALLOC_ARENA_MAX", "1");
    return builder;
  }
}
