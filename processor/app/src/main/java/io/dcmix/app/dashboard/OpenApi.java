package io.dcmix.app.dashboard;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dcmix.app.access.Door;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.web.router.UriRouteInfo;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * The OpenAPI 3.1 document of the routes that the server has. Paths and methods come from the router, parameters and answers from
 * the methods, and each record becomes a schema that allows its components and nothing else; what may be null says so.
 */
final class OpenApi {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");
  private static final Pattern EITHER = Pattern.compile("\\{/(\\w+):\\1}");

  private final Map<String, ObjectNode> schemas = new TreeMap<>();

  private OpenApi() {}

  /**
   * The document.
   *
   * @param routes of the router; those without {@link Says} are answers to failures and files of the page
   */
  static ObjectNode of(Collection<? extends UriRouteInfo<?, ?>> routes, String version) {
    return new OpenApi().document(routes, version);
  }

  private ObjectNode document(Collection<? extends UriRouteInfo<?, ?>> routes, String version) {
    ObjectNode paths = JSON.objectNode();
    routes.stream()
        .filter(route -> method(route).isAnnotationPresent(Says.class) && !route.getHttpMethodName().equals("HEAD"))
        .sorted(Comparator.comparing((UriRouteInfo<?, ?> route) -> route.getUriMatchTemplate().toString()).thenComparing(UriRouteInfo::getHttpMethodName))
        .forEach(route -> paths(route.getUriMatchTemplate().toString()).forEach(path ->
            paths.withObjectProperty(path).set(route.getHttpMethodName().toLowerCase(Locale.ROOT), operation(route, path))));
    ObjectNode document = JSON.objectNode();
    document.put("openapi", "3.1.0");
    document.putObject("info").put("title", "DCMIX").put("version", version)
        .put("description", "The results of one lane of a screen, as the page shows them. What is not known is null.")
        .putObject("license").put("name", "Apache-2.0").put("identifier", "Apache-2.0");
    document.set("paths", paths);
    ObjectNode components = document.putObject("components");
    schemas.forEach(components.putObject("schemas")::set);
    ObjectNode schemes = components.putObject("securitySchemes");
    schemes.putObject("session").put("type", "apiKey").put("in", "cookie").put("name", Callers.COOKIE);
    schemes.putObject("password").put("type", "http").put("scheme", "basic");
    return document;
  }

  private ObjectNode operation(UriRouteInfo<?, ?> route, String path) {
    Method method = method(route);
    Says says = method.getAnnotation(Says.class);
    ObjectNode operation = JSON.objectNode();
    operation.put("operationId", (route.getHttpMethodName().toLowerCase(Locale.ROOT) + path).replaceAll("[^A-Za-z0-9]+", "-").replaceFirst("-$", ""));
    operation.put("summary", says.value());
    ArrayNode parameters = parameters(method, path);
    if (!parameters.isEmpty()) {
      operation.set("parameters", parameters);
    }
    Door door = Door.of(route.getHttpMethodName(), path, false);
    ArrayNode security = operation.putArray("security");
    if (door != Door.OPEN) {
      security.addObject().putArray("session");
      security.addObject().putArray("password");
      operation.put("x-role", door.name().toLowerCase(Locale.ROOT));
    }
    if (route.getHttpMethodName().equals("POST") && method.getParameterCount() > 1) {
      operation.putObject("requestBody").put("required", true).putObject("content").putObject("application/x-www-form-urlencoded").putObject("schema")
          .put("type", "object").putObject("additionalProperties").put("type", "string");
    }
    ObjectNode responses = operation.putObject("responses");
    String media = route.getProduces().stream().map(type -> type.getName()).findFirst().orElse("application/json");
    for (int status : says.status()) {
      ObjectNode response = responses.putObject(Integer.toString(status));
      if (status == 303) {
        response.put("description", "Go on at another page");
      } else {
        response.put("description", says.value());
        response.putObject("content").putObject(media).set("schema", answer(method.getAnnotatedReturnType(), media));
      }
    }
    responses.putObject("default").put("description", "What was wrong").putObject("content").putObject("application/json").set("schema", reference(Api.Problem.class));
    if (media.equals("text/event-stream")) {
      ObjectNode events = operation.putObject("x-events");
      Change.NAMES.forEach((type, name) -> events.set(name, reference(type)));
      events.set("heartbeat", reference(Api.FeedStatus.class));
    }
    return operation;
  }

  /** A template that has a part or not stands for two paths. */
  private static List<String> paths(String template) {
    String plain = template.replaceAll("\\{\\?[^}]*}", "");
    Matcher either = EITHER.matcher(plain);
    return either.find() ? List.of(either.replaceFirst(""), either.replaceFirst("/$1")) : List.of(plain);
  }

  private ArrayNode parameters(Method method, String path) {
    ArrayNode parameters = JSON.arrayNode();
    List<String> variables = VARIABLE.matcher(path).results().map(found -> found.group(1)).toList();
    for (Parameter parameter : method.getParameters()) {
      QueryValue query = parameter.getAnnotation(QueryValue.class);
      if (query != null) {
        ObjectNode described = parameters.addObject().put("name", parameter.getName()).put("in", "query");
        described.putObject("schema").put("type", "string").put("default", query.defaultValue());
      } else if (variables.contains(parameter.getName())) {
        parameters.addObject().put("name", parameter.getName()).put("in", "path").put("required", true).putObject("schema").put("type", "string");
      }
    }
    return parameters;
  }

  private ObjectNode answer(AnnotatedType type, String media) {
    Class<?> raw = raw(type.getType());
    if (raw == Publisher.class || !media.equals("application/json")) {
      return JSON.objectNode().put("type", "string");
    }
    boolean wrapped = io.micronaut.http.HttpResponse.class.isAssignableFrom(raw);
    AnnotatedType body = wrapped ? ((AnnotatedParameterizedType) type).getAnnotatedActualTypeArguments()[0] : type;
    return raw(body.getType()) == String.class || raw(body.getType()) == Object.class ? JSON.objectNode().put("type", "object") : schema(body);
  }

  private ObjectNode schema(AnnotatedType type) {
    ObjectNode schema = plain(type);
    if (!type.isAnnotationPresent(Nullable.class)) {
      return schema;
    }
    if (schema.has("type") && !schema.has("enum")) {
      schema.set("type", JSON.arrayNode().add(schema.path("type").asText()).add("null"));
      return schema;
    }
    ObjectNode either = JSON.objectNode();
    either.putArray("anyOf").add(schema).add(JSON.objectNode().put("type", "null"));
    return either;
  }

  private ObjectNode plain(AnnotatedType type) {
    Class<?> raw = raw(type.getType());
    ObjectNode schema = JSON.objectNode();
    if (raw == String.class) {
      return schema.put("type", "string");
    } else if (raw == Instant.class) {
      return schema.put("type", "string").put("format", "date-time");
    } else if (raw == boolean.class || raw == Boolean.class) {
      return schema.put("type", "boolean");
    } else if (raw == int.class || raw == Integer.class) {
      return schema.put("type", "integer").put("format", "int32");
    } else if (raw == long.class || raw == Long.class) {
      return schema.put("type", "integer").put("format", "int64");
    } else if (raw == double.class || raw == Double.class) {
      return schema.put("type", "number").put("format", "double");
    } else if (raw.isEnum()) {
      ArrayNode names = schema.put("type", "string").putArray("enum");
      Arrays.stream(raw.getEnumConstants()).map(constant -> ((Enum<?>) constant).name()).forEach(names::add);
      return schema;
    } else if (raw == List.class) {
      return schema.put("type", "array").set("items", schema(argument(type, 0)));
    } else if (raw == Map.class) {
      return schema.put("type", "object").set("additionalProperties", schema(argument(type, 1)));
    } else if (raw.isRecord()) {
      return reference(raw);
    }
    throw new IllegalStateException("No schema for " + type);
  }

  private ObjectNode reference(Class<?> type) {
    String name = type.getEnclosingClass() == Change.class ? type.getSimpleName() + "Changed" : type.getSimpleName();
    if (!schemas.containsKey(name)) {
      ObjectNode schema = JSON.objectNode().put("type", "object");
      schemas.put(name, schema);
      ArrayNode required = JSON.arrayNode();
      ObjectNode properties = schema.putObject("properties");
      for (RecordComponent component : type.getRecordComponents()) {
        required.add(component.getName());
        properties.set(component.getName(), schema(component.getAnnotatedType()));
      }
      schema.set("required", required);
      schema.put("additionalProperties", false);
    }
    return JSON.objectNode().put("$ref", "#/components/schemas/" + name);
  }

  private static AnnotatedType argument(AnnotatedType type, int at) {
    return ((AnnotatedParameterizedType) type).getAnnotatedActualTypeArguments()[at];
  }

  private static Class<?> raw(Type type) {
    return type instanceof ParameterizedType parameterized ? (Class<?>) parameterized.getRawType() : (Class<?>) type;
  }

  private static Method method(UriRouteInfo<?, ?> route) {
    return route.getTargetMethod().getTargetMethod();
  }
}
