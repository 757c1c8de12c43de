/** Authentication, allowed hosts (against DNS rebinding), CSRF and CORS. */
@NullMarked
package dev.reprise.api.security;

import org.jspecify.annotations.NullMarked;
