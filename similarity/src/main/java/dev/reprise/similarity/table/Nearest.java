package dev.reprise.similarity.table;

import java.util.List;

/**
 * The result of a search.
 *
 * @param matches nearest first
 * @param compared the number of rows that could be compared with the query
 */
public record Nearest(List<Match> matches, int compared) {
  public Nearest {
    matches = List.copyOf(matches);
  }
}
