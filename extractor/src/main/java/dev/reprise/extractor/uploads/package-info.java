/** Deletes uploads from the spool: after their extraction has been committed, or by age. */
@NullMarked
package dev.reprise.extractor.uploads;

import org.jspecify.annotations.NullMarked;
