package io.dcmix.training.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.dcmix.training.report.page.Block.BarChart;
import io.dcmix.training.report.page.Block.Bars;
import io.dcmix.training.report.page.Block.Dot;
import io.dcmix.training.report.page.Block.Format;
import io.dcmix.training.report.page.Block.Group;
import io.dcmix.training.report.page.Block.Heatmap;
import io.dcmix.training.report.page.Block.Line;
import io.dcmix.training.report.page.Block.LineChart;
import io.dcmix.training.report.page.Block.Mark;
import io.dcmix.training.report.page.Block.StripPlot;
import io.dcmix.training.report.page.Block.YAxis;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the values are, the page is whole and every place in it is a number. */
class AnyValuesTest {
  @Property(tries = 150)
  void noValueBreaksAChart(@ForAll("values") double[] values, @ForAll boolean flag) {
    double[] x = IntStream.range(0, values.length).asDoubleStream().toArray();
    double[] other = DoubleStream.of(values).map(v -> -v / 3).toArray();
    List<String> names = IntStream.range(0, values.length).mapToObj(i -> "n" + i).toList();
    double at = values.length == 0 ? Double.NaN : values[0];
    YAxis axis = new YAxis(at, Double.NaN, flag);
    var page = Pages.parsed(Pages.of(
        new LineChart("l", "x", "y", List.of(new Line("a", x, values, other, values), new Line("b", values, other)), axis),
        new BarChart("b", "v", names, List.of(new Bars("a", values, other), new Bars("c", other)), List.of(new Mark("m", at))),
        new StripPlot("s", "x", "y",
            List.of(new Group("g", "k", Arrays.stream(values).mapToObj(v -> new Dot("d", v)).toList()), new Group("h", List.of())),
            List.of(new Mark("m", at))),
        new Heatmap("h", "r", "c", List.of("r", "s"), names, new double[][] {values, other}, Format.AUTO, flag)));

    assertThat(Pages.coordinates(page)).noneMatch(v -> v.contains("NaN") || v.contains("Infinity") || v.contains("∞"));
    assertThat(Pages.elements(page, "svg").stream().filter(svg -> svg.hasAttribute("width"))).allSatisfy(svg ->
        assertThat(Double.parseDouble(svg.getAttribute("width"))).isBetween(100.0, 1000.0));
  }

  @Provide
  Arbitrary<double[]> values() {
    Arbitrary<Double> any = Arbitraries.oneOf(
        Arbitraries.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.0, -0.0, 1.0, Double.MIN_VALUE, -Double.MAX_VALUE, 1e149, 1e-300),
        Arbitraries.doubles(), Arbitraries.doubles().between(-1, 1));
    return any.array(double[].class).ofMinSize(0).ofMaxSize(70);
  }
}
