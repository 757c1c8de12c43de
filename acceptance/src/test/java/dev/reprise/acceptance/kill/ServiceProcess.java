package dev.reprise.acceptance.kill;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A service of Reprise in its own process, which can be killed and restarted. */
final class ServiceProcess implements AutoCloseable {
  private final List<String> command = new ArrayList<>();
  private final Path log;
  private Process process;

  /**
   * Starts the process.
   *
   * @param log receives its output
   * @param arguments of the command line
   */
  ServiceProcess(Path log, List<String> arguments) throws IOException {
    this.log = log;
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add("dev.reprise.cli.Main");
    command.addAll(arguments);
    this.process = spawn();
  }

  private Process spawn() throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /**
   * Restarts the process if it has exited by itself, as an orchestrator does: a service without a
   * broker exits.
   */
  void restartIfExited() throws IOException {
    if (!process.isAlive()) {
      process = spawn();
    }
  }

  /** Kills the process (SIGKILL) and starts it again. */
  void killAndRestart() throws IOException, InterruptedException {
    process.destroyForcibly().waitFor();
    process = spawn();
  }

  /** Kills a decoder process, a child of this process (SIGKILL). */
  void killDecoder() {
    process
        .descendants()
        .filter(child -> child.info().commandLine().orElse("").contains("pool.DecoderMain"))
        .findFirst()
        .ifPresent(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
