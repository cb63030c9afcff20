/** Where options come from besides the command line: a file, the environment, system properties; secrets; the reference. */
@NullMarked
package io.dcmix.app.config;

import org.jspecify.annotations.NullMarked;
