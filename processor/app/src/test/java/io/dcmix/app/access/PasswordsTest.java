package io.dcmix.app.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {
  /** Hashes that Python's hashlib.pbkdf2_hmac made. */
  @ParameterizedTest
  @CsvSource({
    "correct horse, pbkdf2-sha512$20000$c2l4dGVlbiBieXRlcyBvaw==$Y82mjf7iGqFC8w6iTPMulArsBcqBxWqeAOdJulE3Sg4=",
    "Füße im Schnee, pbkdf2-sha512$10000$MDEyMzQ1Njc4OWFiY2RlZg==$BxczqIChi0zL+SDQiafu8KJNp2yXsqKQgMlAVhoOueA="})
  void shouldKnowAPasswordThatAnotherProgramHashed(String password, String stored) {
    assertThat(Passwords.matches(password.toCharArray(), stored)).isTrue();
    assertThat(Passwords.matches((password + " ").toCharArray(), stored)).isFalse();
    assertThat(Passwords.matches(new char[0], stored)).isFalse();
  }

  @Test
  void shouldSaltEachPasswordAnew() {
    String first = Passwords.hash("the same password".toCharArray());
    String second = Passwords.hash("the same password".toCharArray());
    assertThat(first).isNotEqualTo(second).startsWith("pbkdf2-sha512$210000$").doesNotContain("same");
    assertThat(Passwords.matches("the same password".toCharArray(), first)).isTrue();
    assertThat(Passwords.matches("the same password".toCharArray(), second)).isTrue();
  }

  @Test
  void shouldRefuseAPasswordThatIsTooShortOrTooLong() {
    assertThatThrownBy(() -> Passwords.hash("seven77".toCharArray())).hasMessage("A password has 8 to 256 characters");
    assertThatThrownBy(() -> Passwords.hash("x".repeat(257).toCharArray())).hasMessageContaining("8 to 256");
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret", "", "pbkdf2-sha512$1$c2l4dGVlbiBieXRlcyBvaw==$Y82mjf7iGqFC8w6iTPMulArsBcqBxWqeAOdJulE3Sg4=",
    "pbkdf2-sha512$99999999$c2l4dGVlbiBieXRlcyBvaw==$Y82mjf7iGqFC8w6iTPMulArsBcqBxWqeAOdJulE3Sg4=", "pbkdf2-sha512$20000$short$short"})
  void shouldNotTakeAnotherTextForAStoredPassword(String text) {
    assertThat(Passwords.isStored(text)).isFalse();
  }
}
