/** What comes while an instance runs: events for readers, outcomes for those who wait, drift. */
@NullMarked
package dev.reprise.api.feed;

import org.jspecify.annotations.NullMarked;
