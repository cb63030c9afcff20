/** Who may see the page and who may change things: users, passwords, sessions, roles. Knows nothing of the web server. */
@NullMarked
package io.dcmix.app.access;

import org.jspecify.annotations.NullMarked;
