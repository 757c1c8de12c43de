/** reprise model: shows a model and writes its card. */
@NullMarked
package dev.reprise.cli.model;

import org.jspecify.annotations.NullMarked;
