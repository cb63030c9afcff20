package io.dcmix.app.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.AuthenticationResponse;
import com.nimbusds.openid.connect.sdk.AuthenticationResponseParser;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Log-in by an OpenID Connect issuer: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0, 3.1; RFC 7636). What is
 * under way is a signed token that the browser keeps, so that it may end at another instance than it began.
 *
 * <p>Threading: safe for any thread; both steps wait for the issuer, at most some seconds.
 */
public final class OpenId {
  private static final int TIMEOUT_MS = (int) Duration.ofSeconds(5).toMillis();
  private static final int MAX_KEYS_BYTES = 256 << 10;

  /** From leaving for the issuer to coming back. */
  public static final Duration UNDER_WAY = Duration.ofMinutes(10);

  // "none" and HMAC are left out: with the first anybody could sign, with the second whoever knows the client's secret.
  private static final Set<JWSAlgorithm> SIGNED_BY = Set.copyOf(JWSAlgorithm.Family.SIGNATURE);

  /**
   * How to speak with the issuer.
   *
   * @param issuer its address, below which {@code /.well-known/openid-configuration} lies
   * @param secret of the client
   * @param callback where the issuer sends the browser back to, as registered with it
   * @param roleClaim claim of the ID token with roles or groups; parts of a nested one are joined by dots
   * @param viewer value of the claim that makes a viewer
   * @param operator value of the claim that makes an operator
   */
  public record Settings(URI issuer, String clientId, String secret, URI callback, String roleClaim, String viewer, String operator) {
    /** Without the secret. */
    @Override
    public String toString() {
      return "OpenID Connect by " + issuer + " as " + clientId;
    }
  }

  /**
   * Where to send the browser, and what it is to bring back.
   *
   * @param pending to be handed to {@link #finish}
   */
  public record Start(URI to, String pending) {}

  /** Whom the issuer vouches for. */
  public record Identity(String name, Role role) {}

  /** A log-in that came to nothing; the message is for the user. */
  public static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  private final Settings settings;
  private final Tokens tokens;
  private final InstantSource clock;
  private volatile @Nullable OIDCProviderMetadata issuer;

  public OpenId(Settings settings, Access access, InstantSource clock) {
    this.settings = settings;
    this.tokens = new Tokens(access.sessionKey(), "log-in under way", clock);
    this.clock = clock;
  }

  /**
   * Begins a log-in.
   *
   * @throws RefusedException if the issuer does not answer as it should
   */
  public Start start() throws RefusedException {
    State state = new State();
    Nonce nonce = new Nonce();
    CodeVerifier verifier = new CodeVerifier();
    URI to = new AuthenticationRequest.Builder(
            new ResponseType(ResponseType.Value.CODE), new Scope("openid", "profile", "email"), new ClientID(settings.clientId()), settings.callback())
        .endpointURI(issuer().getAuthorizationEndpointURI())
        .state(state)
        .nonce(nonce)
        .codeChallenge(verifier, CodeChallengeMethod.S256)
        .build()
        .toURI();
    String pending = tokens.sign(
        new JWTClaimsSet.Builder().claim("state", state.getValue()).claim("nonce", nonce.getValue()).claim("verifier", verifier.getValue()),
        clock.instant().plus(UNDER_WAY));
    return new Start(to, pending);
  }

  /**
   * Ends a log-in.
   *
   * @param pending as {@link #start} gave it to this browser
   * @param query with which the browser came back
   * @throws RefusedException if this browser did not begin it, the issuer does not vouch, or the user has no role here
   */
  public Identity finish(String pending, String query) throws RefusedException {
    JWTClaimsSet begun = tokens.verify(pending);
    if (begun == null) {
      throw new RefusedException("That log-in was begun too long ago, or in another browser: try again", null);
    }
    try {
      AuthenticationResponse response = AuthenticationResponseParser.parse(URI.create(settings.callback() + "?" + query));
      if (response.getState() == null || !response.getState().getValue().equals(begun.getStringClaim("state"))) {
        throw new RefusedException("That log-in was begun in another window: try again", null);
      }
      if (!response.indicatesSuccess()) {
        throw new RefusedException("The issuer did not log you in (" + response.toErrorResponse().getErrorObject().getCode() + ")", null);
      }
      AuthorizationCode code = response.toSuccessResponse().getAuthorizationCode();
      if (code == null) {
        throw new RefusedException("The issuer sent no code", null);
      }
      return identity(claims(code, new CodeVerifier(begun.getStringClaim("verifier")), new Nonce(begun.getStringClaim("nonce"))));
    } catch (ParseException | java.text.ParseException | IllegalArgumentException e) {
      throw new RefusedException("The issuer's answer cannot be understood: try again", e);
    }
  }

  private JWTClaimsSet claims(AuthorizationCode code, CodeVerifier verifier, Nonce nonce) throws RefusedException, ParseException {
    ClientID client = new ClientID(settings.clientId());
    OIDCProviderMetadata metadata = issuer();
    HTTPRequest request = new TokenRequest.Builder(
            metadata.getTokenEndpointURI(), new ClientSecretBasic(client, new Secret(settings.secret())),
            new AuthorizationCodeGrant(code, settings.callback(), verifier))
        .build()
        .toHTTPRequest();
    request.setConnectTimeout(TIMEOUT_MS);
    request.setReadTimeout(TIMEOUT_MS);
    request.setFollowRedirects(false);
    try {
      var answer = OIDCTokenResponseParser.parse(request.send());
      if (!answer.indicatesSuccess()) {
        throw new RefusedException("The issuer did not take the code (" + answer.toErrorResponse().getErrorObject().getCode() + ")", null);
      }
      OIDCTokenResponse tokens = (OIDCTokenResponse) answer.toSuccessResponse();
      var idToken = tokens.getOIDCTokens().getIDToken();
      if (idToken == null || !(idToken.getHeader().getAlgorithm() instanceof JWSAlgorithm algorithm) || !SIGNED_BY.contains(algorithm)) {
        throw new RefusedException("The issuer's ID token is not signed with a public key", null);
      }
      IDTokenClaimsSet claims = new IDTokenValidator(
              metadata.getIssuer(), client, algorithm, metadata.getJWKSetURI().toURL(), new DefaultResourceRetriever(TIMEOUT_MS, TIMEOUT_MS, MAX_KEYS_BYTES))
          .validate(idToken, nonce);
      return claims.toJWTClaimsSet();
    } catch (BadJOSEException e) {
      throw new RefusedException("The issuer's ID token is not to be trusted: " + e.getMessage(), e);
    } catch (IOException | JOSEException e) {
      throw new RefusedException("The issuer does not answer as it should: " + e.getMessage(), e);
    }
  }

  private Identity identity(JWTClaimsSet claims) throws RefusedException, java.text.ParseException {
    String name = claims.getSubject();
    for (String claim : new String[] {"email", "preferred_username"}) {
      name = claims.getClaim(claim) instanceof String text && !text.isBlank() ? text : name;
    }
    Object given = claims.getClaims();
    for (String part : settings.roleClaim().split("\\.", -1)) {
      given = given instanceof Map<?, ?> map ? map.get(part) : null;
    }
    Collection<?> roles = given instanceof Collection<?> many ? many : given instanceof String text ? List.of(text.split(" ", -1)) : List.of();
    if (roles.contains(settings.operator())) {
      return new Identity(name, Role.OPERATOR);
    }
    if (roles.contains(settings.viewer())) {
      return new Identity(name, Role.VIEWER);
    }
    throw new RefusedException("%s is known to the issuer but has no role here: its claim %s wants %s or %s"
        .formatted(name, settings.roleClaim(), settings.viewer(), settings.operator()), null);
  }

  private OIDCProviderMetadata issuer() throws RefusedException {
    OIDCProviderMetadata known = issuer;
    if (known == null) {
      try {
        known = OIDCProviderMetadata.resolve(new Issuer(settings.issuer()), TIMEOUT_MS, TIMEOUT_MS);
      } catch (GeneralException | IOException e) {
        throw new RefusedException("The issuer %s does not answer: %s".formatted(settings.issuer(), e.getMessage()), e);
      }
      issuer = known;
    }
    return known;
  }
}
