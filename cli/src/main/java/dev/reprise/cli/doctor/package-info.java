/** reprise doctor: checks host and cluster. */
@NullMarked
package dev.reprise.cli.doctor;

import org.jspecify.annotations.NullMarked;
