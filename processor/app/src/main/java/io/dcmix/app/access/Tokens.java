package io.dcmix.app.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * What the server gives a browser to keep: claims with an end, signed by a key that only the server has (JWT, HMAC-SHA-256). The
 * purpose is part of the key, so that what is signed for one purpose is worth nothing for another.
 */
final class Tokens {
  private static final int MAX_CHARS = 8192;

  private final byte[] key;
  private final InstantSource clock;

  Tokens(SecretKey secret, String purpose, InstantSource clock) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(("dcmix " + purpose + '\n').getBytes(StandardCharsets.UTF_8));
      this.key = digest.digest(secret.getEncoded());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
    this.clock = clock;
  }

  String sign(JWTClaimsSet.Builder claims, Instant ends) {
    SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.expirationTime(Date.from(ends)).build());
    try {
      token.sign(new MACSigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException("Cannot sign", e);
    }
    return token.serialize();
  }

  /** The claims of a token that this server signed and that has not ended; null for any other text. */
  @Nullable JWTClaimsSet verify(String text) {
    if (text.length() > MAX_CHARS) {
      return null;
    }
    try {
      SignedJWT token = SignedJWT.parse(text);
      if (!token.getHeader().getAlgorithm().equals(JWSAlgorithm.HS256) || !token.verify(new MACVerifier(key))) {
        return null;
      }
      JWTClaimsSet claims = token.getJWTClaimsSet();
      Date ends = claims.getExpirationTime();
      return ends != null && clock.instant().isBefore(ends.toInstant()) ? claims : null;
    } catch (ParseException | JOSEException e) {
      return null;
    }
  }
}
