package io.dcmix.app.dashboard;

import io.dcmix.app.Version;
import io.dcmix.streams.Topics;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.web.router.Router;
import java.io.IOException;

/** What programs need to know: of the routes (OpenAPI) and of the topics (AsyncAPI). */
@Controller("/api")
final class DocumentsController {
  private final Router router;
  private final DashboardConfig config;

  DocumentsController(Router router, DashboardConfig config) {
    this.router = router;
    this.config = config;
  }

  @Says("This document: OpenAPI 3.1")
  @Get("/openapi.json")
  String openApi() throws IOException {
    return OpenApi.of(router.uriRoutes().toList(), Version.text()).toPrettyString();
  }

  @Says("The topics of the lane: AsyncAPI 3.0")
  @Get("/asyncapi.json")
  String asyncApi() throws IOException {
    return AsyncApi.of(new Topics(config.lane()), Version.text()).toPrettyString();
  }
}
