/** The models in service: loaded, replaced at run time, closed when their last use is released. */
@NullMarked
package dev.reprise.inference.serving;

import org.jspecify.annotations.NullMarked;
