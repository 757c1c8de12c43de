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
 * Selects the dead letters that match every condition; an empty list is no condition.
 *
 * @param numbers in the list, from 1
 * @param reasons labels of {@link Reason}s
 * @param ids track ids or extraction ids
 * @param since earliest time
 * @param until time before which the dead letter was written
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
   * Returns the matching dead letters, by their numbers.
   *
   * @throws ConfigurationException if there is no condition, or one that no dead letter can match
   */
  public TreeMap<Integer, DeadLetterSummary> select(List<DeadLetterSummary> deadLetters)
      throws ConfigurationException {
    List<String> errors = errors(deadLetters.size());
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
    TreeMap<Integer, DeadLetterSummary> selected = new TreeMap<>();
    for (int number = 1; number <= deadLetters.size(); number++) {
      DeadLetterSummary deadLetter = deadLetters.get(number - 1);
      if ((numbers.isEmpty() || numbers.contains(number)) && matches(deadLetter)) {
        selected.put(number, deadLetter);
      }
    }
    return selected;
  }

  private boolean matches(DeadLetterSummary deadLetter) {
    return (reasons.isEmpty() || reasons.contains(deadLetter.reason()))
        && (ids.isEmpty()
            || ids.contains(deadLetter.key())
            || deadLetter
                .event()
                .map(RecordCoordinates::toString)
                .filter(ids::contains)
                .isPresent())
        && since.filter(deadLetter.time()::isBefore).isEmpty()
        && until.filter(end -> !deadLetter.time().isBefore(end)).isEmpty();
  }

  private List<String> errors(int count) {
    List<String> errors = new ArrayList<>();
    if (numbers.isEmpty()
        && reasons.isEmpty()
        && ids.isEmpty()
        && since.isEmpty()
        && until.isEmpty()) {
      errors.add(
          "Select dead letters by their numbers in the list, --reason, --id, --since or --until.");
    }
    for (int number : new TreeSet<>(numbers)) {
      if (number < 1 || number > count) {
        errors.add("There is no dead letter " + number + "; the list has " + count + ".");
      }
    }
    for (String reason : new TreeSet<>(reasons)) {
      if (Reason.ofLabel(reason).isEmpty()) {
        errors.add("There is no reason '" + reason + "'; docs/TOPICS.md lists them.");
      }
    }
    return errors;
  }
}
