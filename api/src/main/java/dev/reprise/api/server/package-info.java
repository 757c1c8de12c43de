/** The Jetty server: limits, the page's files, the OpenAPI document. */
@NullMarked
package dev.reprise.api.server;

import org.jspecify.annotations.NullMarked;
