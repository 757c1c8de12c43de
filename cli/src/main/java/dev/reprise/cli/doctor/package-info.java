/** Whether everything is there that the services need, and what to do where it is not. */
@NullMarked
package dev.reprise.cli.doctor;

import org.jspecify.annotations.NullMarked;
