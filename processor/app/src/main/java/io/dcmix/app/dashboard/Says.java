package io.dcmix.app.dashboard;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a route is for, and how it answers, for the OpenAPI document; types and parameters are read from the method itself. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Says {
  /** What it gives. */
  String value();

  /** The statuses that it answers with when nothing is wrong. */
  int[] status() default 200;
}
