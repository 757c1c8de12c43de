package dev.reprise.cli.deadletters;

import dev.reprise.contract.Reason;
import dev.reprise.contract.RecordCoordinates;
import dev.reprise.runtime.ConfigurationException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which dead letters are meant: those that meet every condition given; an empty list is no
 * condition.
 *
 * @param numbers in the list, from 1
 * @param reasons labels of {@link Reason}s
 * @param ids track ids or extraction ids
 * @param since earliest time
 * @param until time before which the letter was written
 */
public record DeadLetterFilter(
    List<Integer> numbers,
    List<String> reasons,
    List<String> ids,
    Optional<Instant> since,
    Optional<Instant> until) {
  public DeadLetterFilter {
    numbers = List.copyOf(numbers);
    reasons = List.copyOf(reasons);
    ids = List.copyOf(ids);
  }

  /**
   * Returns the letters that are meant, by their numbers.
   *
   * @throws ConfigurationException if there is no condition, or one that no letter could meet
   */
  public TreeMap<Integer, DeadLetterSummary> of(List<DeadLetterSummary> letters)
      throws ConfigurationException {
    List<String> faults = faults(letters.size());
    if (!faults.isEmpty()) {
      throw new ConfigurationException(faults);
    }
    TreeMap<Integer, DeadLetterSummary> selected = new TreeMap<>();
    for (int number = 1; number <= letters.size(); number++) {
      DeadLetterSummary letter = letters.get(number - 1);
      if ((numbers.isEmpty() || numbers.contains(number)) && meets(letter)) {
        selected.put(number, letter);
      }
    }
    return selected;
  }

  private boolean meets(DeadLetterSummary letter) {
    return (reasons.isEmpty() || reasons.contains(letter.reason()))
        && (ids.isEmpty()
            || ids.contains(letter.key())
            || letter.event().map(RecordCoordinates::toString).filter(ids::contains).isPresent())
        && since.filter(letter.time()::isBefore).isEmpty()
        && until.filter(end -> !letter.time().isBefore(end)).isEmpty();
  }

  private List<String> faults(int count) {
    List<String> faults = new ArrayList<>();
    if (numbers.isEmpty()
        && reasons.isEmpty()
        && ids.isEmpty()
        && since.isEmpty()
        && until.isEmpty()) {
      faults.add(
          "Say which dead letters: by their numbers in the list, --reason, --id, --since or"
              + " --until.");
    }
    for (int number : new TreeSet<>(numbers)) {
      if (number < 1 || number > count) {
        faults.add("There is no dead letter " + number + "; the list has " + count + ".");
      }
    }
    for (String reason : new TreeSet<>(reasons)) {
      if (Reason.ofLabel(reason).isEmpty()) {
        faults.add("There is no reason '" + reason + "'; docs/TOPICS.md lists them.");
      }
    }
    return faults;
  }
}
