package dev.reprise.cli.output;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on the terminal's last line, redrawn below the lines of results. */
final class BarProgress implements Progress {
  private final ProgressBar bar;

  BarProgress(Terminal terminal, String task, String unit, int total) {
    this.bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setUnit(" " + unit, 1)
            .setInitialMax(total)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(200)
            .continuousUpdate()
            .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
            .setConsumer(new LastLine(terminal))
            .build();
  }

  @Override
  public void step() {
    bar.step();
  }

  @Override
  public void close() {
    bar.close();
  }

  private record LastLine(Terminal terminal) implements ProgressBarConsumer {
    @Override
    public int getMaxRenderedLength() {
      return terminal.columns() - 1;
    }

    @Override
    public void accept(String line) {
      terminal.drawProgress(line);
    }

    @Override
    public void close() {
      terminal.clearProgress();
    }
  }
}
