package io.dcmix.core.cli;

import java.util.concurrent.Callable;

/**
 * A command of {@code ./dcmix}. Implementations are picocli commands ({@code @Command(name = ...)}), have a public
 * constructor without arguments and are listed in {@code META-INF/services}; being on the class path is what adds them.
 * The returned number is the process's exit code: 0 done, 1 failed, 2 wrong usage.
 */
public interface CliCommand extends Callable<Integer> {}
