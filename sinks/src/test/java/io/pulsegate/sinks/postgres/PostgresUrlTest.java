package io.pulsegate.sinks.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGProperty;

class PostgresUrlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "postgres://u:p@h:6543/db jdbc:postgresql://h:6543/db",
        "postgresql://u@h/db jdbc:postgresql://h:5432/db",
        "postgres://u@h jdbc:postgresql://h:5432/u",
        "postgres://u@/db jdbc:postgresql://localhost:5432/db",
        "postgres:///db jdbc:postgresql://localhost:5432/db",
        "postgres://u@[::1]:5433/db jdbc:postgresql://[::1]:5433/db",
        "postgres://u@h1:1,h2:2/db jdbc:postgresql://h1:1,h2:2/db",
        "postgres://u@h/a%20b%2Fc jdbc:postgresql://h:5432/a+b%2Fc",
        "postgres://u@ignored/ignored?host=h&port=99&dbname=db jdbc:postgresql://h:99/db",
        "postgres:///?host=h1,h2&port=5432&dbname=db jdbc:postgresql://h1:5432,h2:5432/db",
        "jdbc:postgresql://h:1234/db?user=u&password=p jdbc:postgresql://h:1234/db",
      })
  void findsTheServerAndTheDatabase(String text, String jdbc) {
    assertThat(PostgresUrl.parse(text).jdbcUrl()).isEqualTo(jdbc);
  }

  @Test
  void decodesUserAndPassword() {
    PostgresUrl url = PostgresUrl.parse("postgres://us%40er:p%3Aa%2F+%25@h/db");

    assertThat(url.property(PGProperty.USER)).hasValue("us@er");
    assertThat(url.property(PGProperty.PASSWORD)).hasValue("p:a/+%");
    assertThat(url.toString()).doesNotContain("us@er").doesNotContain("p:a");
  }

  @Test
  void handsKnownParametersToTheDriver() {
    PostgresUrl url =
        PostgresUrl.parse(
            "postgres://h/db?user=u&password=s&sslmode=verify-full&sslrootcert=/ca.pem"
                + "&connect_timeout=3&application_name=x&options=-c%20geqo%3Doff"
                + "&target_session_attrs=read-write&keepalives=1&client_encoding=UTF8");

    assertThat(url.property(PGProperty.USER)).hasValue("u");
    assertThat(url.property(PGProperty.PASSWORD)).hasValue("s");
    assertThat(url.property(PGProperty.SSL_MODE)).hasValue("verify-full");
    assertThat(url.property(PGProperty.SSL_ROOT_CERT)).hasValue("/ca.pem");
    assertThat(url.property(PGProperty.CONNECT_TIMEOUT)).hasValue("3");
    assertThat(url.property(PGProperty.APPLICATION_NAME)).hasValue("x");
    assertThat(url.property(PGProperty.OPTIONS)).hasValue("-c geqo=off");
    assertThat(url.property(PGProperty.TARGET_SERVER_TYPE)).hasValue("primary");
  }

  @Test
  void keepsTheParametersOfADriversAddress() {
    PostgresUrl url = PostgresUrl.parse("jdbc:postgresql://h/db?user=u&password=p&sslmode=require");

    assertThat(url.property(PGProperty.USER)).hasValue("u");
    assertThat(url.property(PGProperty.PASSWORD)).hasValue("p");
    assertThat(url.property(PGProperty.SSL_MODE)).hasValue("require");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql://u:s3cret@h/db",
        "postgres://u:s3cret@h:port/db",
        "postgres://u:s3cret@h:70000/db",
        "postgres://u:s3cret%@h/db",
        "postgres://u:s3cret@h/db?sslmod=require",
        "postgres://u:s3cret@h/db?sslmode",
        "postgres://u:s3cret@/db?host=/var/run/postgresql",
        "postgres://u:s3cret@h1,h2/db?port=1,2,3",
        "postgres://u:s3cret@h/db?target_session_attrs=sometimes",
      })
  void refusesWhatItCannotReadWithoutRepeatingThePassword(String text) {
    assertThatThrownBy(() -> PostgresUrl.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("s3cret");
  }
}
