/** The command line: one root command, its subcommands found on the class path. */
@NullMarked
package io.dcmix.app;

import org.jspecify.annotations.NullMarked;
