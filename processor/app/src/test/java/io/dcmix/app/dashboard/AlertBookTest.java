package io.dcmix.app.dashboard;

import static io.dcmix.schema.event.AlertSeverity.CRITICAL;
import static io.dcmix.schema.event.AlertSeverity.INFO;
import static io.dcmix.schema.event.AlertSeverity.WARNING;
import static io.dcmix.schema.event.AlertState.RAISED;
import static io.dcmix.schema.event.AlertState.RESOLVED;
import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.schema.PlateFormat;
import io.dcmix.schema.event.Alert;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertBookTest {
  private final AlertBook book = new AlertBook();
  private final Screen screen = Screen.of("P7", PlateFormat.WELLS_96);

  private List<String> shown() {
    return book.snapshot().alerts().stream().map(Api.AlertEntry::id).toList();
  }

  @Test
  void shouldCloseWhatIsResolvedAndOpenItAgain() {
    assertThat(book.take(screen.alert("drift", WARNING, RAISED, 1))).isTrue();
    book.take(screen.alert("drift", WARNING, RESOLVED, 5));
    assertThat(book.snapshot().raised()).isZero();
    Api.AlertEntry resolved = book.snapshot().alerts().getFirst();
    assertThat(resolved.raisedAt()).isEqualTo(Screen.START.plusSeconds(1));
    assertThat(resolved.resolvedAt()).isEqualTo(Screen.START.plusSeconds(5));
    book.take(screen.alert("drift", WARNING, RAISED, 9));
    assertThat(book.snapshot().raised()).isEqualTo(1);
    assertThat(book.snapshot().resolved()).isZero();
    assertThat(book.snapshot().alerts().getFirst().resolvedAt()).isNull();
  }

  @Test
  void shouldStayResolvedWhenTheTopicIsReadAgain() {
    Alert raised = screen.alert("drift", WARNING, RAISED, 1);
    book.take(raised);
    book.take(screen.alert("drift", WARNING, RESOLVED, 5));
    Api.Alerts before = book.snapshot();
    assertThat(book.take(raised)).isFalse();
    assertThat(book.snapshot()).isEqualTo(before);
  }

  @Test
  void shouldKeepTheSameIdOfTwoPlatesApart() {
    book.take(screen.alert("drift", WARNING, RAISED, 1));
    book.take(Screen.of("P8", PlateFormat.WELLS_96).alert("drift", WARNING, RESOLVED, 2));
    assertThat(book.snapshot().raised()).isEqualTo(1);
    assertThat(book.snapshot().resolved()).isEqualTo(1);
  }

  @Test
  void shouldPutRaisedBeforeResolvedSevereBeforeHarmlessAndNewBeforeOld() {
    book.take(screen.alert("note", INFO, RAISED, 9));
    book.take(screen.alert("old", CRITICAL, RAISED, 1));
    book.take(screen.alert("over", CRITICAL, RESOLVED, 8));
    book.take(screen.alert("warning", WARNING, RAISED, 3));
    book.take(screen.alert("new", CRITICAL, RAISED, 2));
    assertThat(shown()).containsExactly("new", "old", "warning", "note", "over");
  }

  @Test
  void shouldShowFewCountAllAndForgetTheLeastUrgentFirst() {
    book.take(screen.alert("lost", CRITICAL, RAISED, 0));
    book.take(screen.alert("over", WARNING, RESOLVED, 0));
    for (int i = 0; i < AlertBook.MAX_OF_PLATE; i++) {
      book.take(screen.alert("a" + i, WARNING, RAISED, i + 1));
    }
    Api.Alerts alerts = book.snapshot();
    assertThat(alerts.alerts()).hasSize(AlertBook.MAX_SHOWN);
    assertThat(alerts.raised()).isEqualTo(AlertBook.MAX_OF_PLATE);
    assertThat(alerts.resolved()).as("the resolved one went first").isZero();
    assertThat(alerts.forgotten()).isEqualTo(2);
    assertThat(shown()).startsWith("lost", "a99").doesNotContain("a0");
  }

  @Test
  void shouldBoundTheAlertsOfAllPlates() {
    for (int plate = 0; plate < 30; plate++) {
      Screen each = Screen.of("P" + plate, PlateFormat.WELLS_96);
      for (int i = 0; i < 40; i++) {
        book.take(each.alert("a" + i, WARNING, RAISED, 100 * plate + i));
      }
    }
    assertThat(book.snapshot().raised()).isEqualTo(AlertBook.MAX);
    assertThat(book.snapshot().forgotten()).isEqualTo(200);
    assertThat(book.snapshot().alerts().getFirst().plate()).isEqualTo("P29");
  }
}
