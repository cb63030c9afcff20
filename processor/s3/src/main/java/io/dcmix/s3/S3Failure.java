package io.dcmix.s3;

import java.io.IOException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** What went wrong, in one line for a person. */
final class S3Failure {
  private S3Failure() {}

  static String line(SdkException e) {
    return (e instanceof AwsServiceException answer ? answered(answer) : unanswered(e)).replaceAll("\\s+", " ").strip();
  }

  /** Codes by the list of error codes in the API reference of S3. */
  private static String answered(AwsServiceException e) {
    AwsErrorDetails details = e.awsErrorDetails();
    String code = details == null || details.errorCode() == null ? "" : details.errorCode();
    return switch (code) {
      case "NoSuchKey" -> "there is no such object";
      case "NoSuchBucket" -> "there is no such bucket";
      // A store answers so, too, when the object is not there and the credentials may not know that.
      case "AccessDenied" -> "access is denied: the credentials need s3:GetObject there, and s3:ListBucket, without which a missing object looks the same";
      case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired" ->
          "the store does not take the credentials (" + code + "): check the key, its secret and when they expire";
      case "RequestTimeTooSkewed" -> "the store does not take the request's time: set this machine's clock";
      case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException" ->
          "the bucket is not where it was asked for (" + code + "): check --s3-region and --s3-endpoint";
      case "InvalidObjectState" -> "the object is archived: restore it first";
      case "SlowDown", "ServiceUnavailable", "Throttling", "ThrottlingException" -> "the store is too busy (" + code + ")";
      default -> e.statusCode() == 301 || e.statusCode() == 307
          ? "the bucket is not where it was asked for: check --s3-region and --s3-endpoint"
          : "the store answered %d %s%s".formatted(e.statusCode(), code, details == null || details.errorMessage() == null ? "" : ": " + details.errorMessage());
    };
  }

  private static String unanswered(SdkException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return "the store cannot be reached: " + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getClass().getSimpleName() + ": " + cause.getMessage());
      }
    }
    return String.valueOf(e.getMessage());
  }
}
