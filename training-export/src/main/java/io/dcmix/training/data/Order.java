package io.dcmix.training.data;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** In which order samples are learnt from in an epoch. */
public final class Order {
  private Order() {}

  /**
   * As many of each class in every batch, so that a rare class counts as much as a common one. A class whose samples are used
   * up is shuffled and starts again.
   */
  public static List<List<Sample>> balanced(List<Sample> samples, int classes, int batchSize, int batches, SplittableRandom random) {
    List<Deck> decks = new ArrayList<>();
    for (int label = 0; label < classes; label++) {
      int wanted = label;
      decks.add(new Deck(samples.stream().filter(s -> s.label() == wanted).toList(), random));
    }
    List<List<Sample>> order = new ArrayList<>();
    int next = 0;
    for (int b = 0; b < batches; b++) {
      List<Sample> batch = new ArrayList<>();
      for (int i = 0; i < batchSize; i++) {
        batch.add(decks.get(next++ % classes).draw());
      }
      order.add(batch);
    }
    return order;
  }

  /** Every sample once, shuffled, and then again until there are enough batches. */
  public static List<List<Sample>> shuffled(List<Sample> samples, int batchSize, int batches, SplittableRandom random) {
    Deck deck = new Deck(samples, random);
    List<List<Sample>> order = new ArrayList<>();
    for (int b = 0; b < batches; b++) {
      List<Sample> batch = new ArrayList<>();
      for (int i = 0; i < batchSize; i++) {
        batch.add(deck.draw());
      }
      order.add(batch);
    }
    return order;
  }

  /** Cards that are shuffled again when all have been drawn. */
  private static final class Deck {
    private final List<Sample> cards;
    private final SplittableRandom random;
    private int left;

    Deck(List<Sample> cards, SplittableRandom random) {
      this.cards = new ArrayList<>(cards);
      this.random = random;
    }

    Sample draw() {
      if (left == 0) {
        left = cards.size();
      }
      int pick = random.nextInt(left);
      Sample card = cards.get(pick);
      cards.set(pick, cards.set(--left, card));
      return card;
    }
  }
}
