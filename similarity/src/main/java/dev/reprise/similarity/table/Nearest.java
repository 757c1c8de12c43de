package dev.reprise.similarity.table;

import java.util.List;

/**
 * What a search found.
 *
 * @param matches nearest first
 * @param compared how many rows could be compared with the query
 */
public record Nearest(List<Match> matches, int compared) {
  public Nearest {
    matches = List.copyOf(matches);
  }
}
