/** Status, recent dead letters and drift, as the page shows them. */
@NullMarked
package dev.reprise.api.status;

import org.jspecify.annotations.NullMarked;
