package io.pulsegate.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Queryable.Answer.Column;
import io.pulsegate.api.Queryable.Answer.Kind;
import io.pulsegate.api.Queryable.Answer.Table;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswerFormatTest {
  private static Table table(List<String> columns, List<List<Optional<String>>> rows) {
    return new Table(columns.stream().map(Column::text).toList(), rows, false);
  }

  private static List<Optional<String>> row(String... cells) {
    return List.of(cells).stream()
        .map(cell -> Optional.of(cell).filter(c -> !c.equals("~")))
        .toList();
  }

  @Test
  void alignsColumnsAndPutsNumbersToTheRight() {
    var answer = table(List.of("event_type", "n"), List.of(row("sign_up", "7"), row("~", "1200")));
    assertThat(AnswerFormat.TABLE.render(answer))
        .isEqualTo(
            """
            event_type |    n
            -----------+-----
            sign_up    |    7
            NULL       | 1200
            (2 rows)
            """);
  }

  @Test
  void showsAnEmptyAnswer() {
    assertThat(AnswerFormat.TABLE.render(table(List.of("a"), List.of())))
        .isEqualTo("a\n-\n(0 rows)\n");
    assertThat(AnswerFormat.JSON.render(table(List.of("a"), List.of()))).isEqualTo("[]\n");
    assertThat(AnswerFormat.CSV.render(table(List.of("a"), List.of()))).isEqualTo("a\r\n");
  }

  @Test
  void letsNoContentActOnTheTerminal() {
    var answer =
        table(List.of("x\u001b[31m"), List.of(row("a\u001b]0;title\u0007\n\u009b2J\u202e")));
    assertThat(AnswerFormat.TABLE.render(answer))
        .doesNotContain("\u001b", "\u0007", "\u009b", "\u202e")
        .contains("\\u001b]0;title\\u0007\\n\\u009b2J\\u202e");
  }

  @Test
  void shortensLongCells() {
    String text = AnswerFormat.TABLE.render(table(List.of("a"), List.of(row("x".repeat(500)))));
    assertThat(text).contains("x".repeat(99) + "…\n").doesNotContain("x".repeat(100));
  }

  @Test
  void quotesCsvAndDisarmsFormulas() {
    var answer =
        table(
            List.of("a", "b"),
            List.of(
                row("~", ""),
                row("a,b", "say \"hi\"\nnow"),
                row("=1+1", "@SUM(A1)"),
                row("-5", "-x"),
                row("+1.5e3", "\tx")));
    assertThat(AnswerFormat.CSV.render(answer))
        .isEqualTo(
            "a,b\r\n,\"\"\r\n\"a,b\",\"say \"\"hi\"\"\nnow\"\r\n'=1+1,'@SUM(A1)\r\n-5,'-x\r\n+1.5e3,'\tx\r\n");
  }

  @Test
  void writesJsonObjectsWithUniqueNames() {
    var answer = table(List.of("a", "a", "a_2"), List.of(row("1", "~", "x\"y")));
    assertThat(AnswerFormat.JSON.render(answer))
        .isEqualTo("[{\"a\":\"1\",\"a_2\":null,\"a_2_2\":\"x\\\"y\"}]\n");
  }

  @Test
  void keepsNumbersTruthValuesAndJsonInJson() {
    var columns =
        List.of(
            new Column("n", Kind.NUMBER),
            new Column("b", Kind.BOOLEAN),
            new Column("j", Kind.JSON),
            new Column("t", Kind.TEXT));
    var rows =
        List.of(row("12345678901234567890.50", "true", "[1]", "7"), row("NaN", "~", "~", "~"));
    assertThat(AnswerFormat.JSON.render(new Table(columns, rows, false)))
        .isEqualTo(
            "[{\"n\":12345678901234567890.50,\"b\":true,\"j\":[1],\"t\":\"7\"},"
                + "{\"n\":\"NaN\",\"b\":null,\"j\":null,\"t\":null}]\n");
  }
}
