/** Commands that run one service: broker, extractor, inference, API. */
@NullMarked
package dev.reprise.cli.service;

import org.jspecify.annotations.NullMarked;
