package dev.reprise.cli.run;

import dev.reprise.runtime.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs the start-up tasks of several services in parallel. */
final class ParallelStart {
  /** A start-up task. */
  interface Task {
    void run() throws ConfigurationException;
  }

  private ParallelStart() {}

  /**
   * Runs the tasks and waits for all of them.
   *
   * @throws ConfigurationException with the errors of all tasks
   */
  static void run(List<Task> tasks) throws ConfigurationException, InterruptedException {
    ExecutorService executor = Executors.newFixedThreadPool(tasks.size());
    List<String> errors = new ArrayList<>();
    try {
      for (Future<List<String>> task :
          executor.invokeAll(tasks.stream().map(ParallelStart::errorsOf).toList())) {
        errors.addAll(task.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      executor.shutdown();
    }
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
  }

  private static Callable<List<String>> errorsOf(Task task) {
    return () -> {
      try {
        task.run();
        return List.of();
      } catch (ConfigurationException e) {
        return e.errors();
      }
    };
  }
}
