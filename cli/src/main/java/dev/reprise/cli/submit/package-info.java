/** reprise submit: produces audio events. */
@NullMarked
package dev.reprise.cli.submit;

import org.jspecify.annotations.NullMarked;
