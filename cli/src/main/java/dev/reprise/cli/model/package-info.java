/** reprise model: lists the models and prints their cards. */
@NullMarked
package dev.reprise.cli.model;

import org.jspecify.annotations.NullMarked;
